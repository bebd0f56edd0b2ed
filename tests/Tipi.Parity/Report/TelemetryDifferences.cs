namespace Tipi.Parity.Report;

/// <summary>Instruments, measurements and lines of the log that differ.</summary>
internal static class TelemetryDifferences
{
    private const string Area = "Measurements and logs";

    internal static IReadOnlyList<Difference> All { get; } =
        [.. Measured(), .. MeasuredOfHttp2(), .. Logged(), .. LoggedOfHttp2(), .. OfTls(), .. Traced()];

    private static IEnumerable<Difference> Measured() =>
    [
        new(Area, "it is closed before it begins, and counted as rejected only",
            "measured: one connection too many", "logged: one connection too many"),
        new(Area, "the request's framing is at fault, as for a bad length; Kestrel has no name for it",
            "measured: coding that is not known"),
    ];

    private static IEnumerable<Difference> Logged() =>
    [
        new(Area, "the tunnel is read like a body",
            "logged: upgrade", "logged: one connection beside an upgraded one", "logged: HTTP/2: tunnel",
            "logged: client resets an upgraded connection", "logged: TLS: client resets an upgraded connection"),
        new(Area, "a peer's fault is no error of the application: 20 for a bad body, and no 13; the heartbeat's lines "
            + "are in no scope where it does not wake the connection",
            "logged: body too slow", "logged: body too large", "logged: bad chunk", "logged: body ends too early",
            "logged: response taken too slowly"),
        new(Area, "the application has ended its request itself: no fault of the peer",
            "logged: abort by the application"),
        new(Area, "requests that a stop has cut off are worth a warning",
            "logged: server stops and does not wait for a request"),
    ];

    private static IEnumerable<Difference> MeasuredOfHttp2() =>
    [
        new(Area, "a malformed request never waits for its start", "measured: HTTP/2: malformed request"),
    ];

    private static IEnumerable<Difference> LoggedOfHttp2() =>
    [
        new(Area, "a stream that the application ends is told as a connection that it ends is",
            "logged: HTTP/2: abort by the application"),
        new(Area, "a client's fault is logged, once", "logged: HTTP/2: malformed request",
            "logged: HTTP/2: HTTP/1.1 instead of the preface", "logged: HTTP/2: broken compression"),
        new(Area, "a peer's fault is no error of the application: 20 for a bad body, and no 13",
            "logged: HTTP/2: body too large"),
        new(Area, "requests that a stop has cut off are worth a warning",
            "logged: HTTP/2: server stops and does not wait for a request"),
    ];

    private static IEnumerable<Difference> OfTls() =>
    [
        new(Area, "the request in clear is answered, and told as a rejected one",
            "logged: TLS: HTTP in the clear"),
    ];

    private static IEnumerable<Difference> Traced() =>
    [
        new("Event source", "an event of the options as JSON, which Tipi does not write", "event: Configuration"),
    ];
}
