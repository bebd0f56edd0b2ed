namespace Tipi.Parity.Report;

/// <summary>Instruments, measurements and lines of the log that differ.</summary>
internal static class TelemetryDifferences
{
    private const string Area = "Measurements and logs";

    internal static IReadOnlyList<Difference> All { get; } = [.. Measured(), .. Logged(), .. Traced()];

    private static IEnumerable<Difference> Measured() =>
    [
        new("Instruments", "TLS comes later", "kestrel.active_tls_handshakes", "kestrel.tls_handshake.duration"),
        new(Area, "it is closed before it begins, and counted as rejected only",
            "measured: one connection too many", "logged: one connection too many"),
        new(Area, "the request's framing is at fault, as for a bad length; Kestrel has no name for it",
            "measured: coding that is not known", "measured: bad chunk"),
    ];

    private static IEnumerable<Difference> Logged() =>
    [
        new(Area, "the tunnel is read like a body", "logged: upgrade"),
        new(Area, "a peer's fault is no error of the application: 20 for a bad body, and no 13; the heartbeat's lines "
            + "are in no scope where it does not wake the connection",
            "logged: body too slow", "logged: body too large", "logged: bad chunk", "logged: body ends too early",
            "logged: response taken too slowly"),
        new(Area, "the application has ended its request itself: no fault of the peer",
            "logged: abort by the application"),
        new(Area, "requests that a stop has cut off are worth a warning",
            "logged: server stops and does not wait for a request"),
    ];

    private static IEnumerable<Difference> Traced() =>
    [
        new("Event source", "TLS comes later", "counter: current-tls-handshakes", "counter: failed-tls-handshakes",
            "counter: tls-handshakes-per-second", "counter: total-tls-handshakes", "event: TlsHandshakeStart",
            "event: TlsHandshakeStop", "event: TlsHandshakeFailed"),
        new("Event source", "an event of the options as JSON, which Tipi does not write", "event: Configuration"),
    ];
}
