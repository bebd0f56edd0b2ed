namespace Tipi.Parity.Report;

/// <summary>Instruments, measurements and lines of the log that differ.</summary>
internal static class TelemetryDifferences
{
    private const string Area = "Measurements and logs";

    internal static IReadOnlyList<Difference> All { get; } =
        [.. Measured(), .. MeasuredOfHttp2(), .. Logged(), .. LoggedOfHttp2(), .. OfTls(), .. Traced()];

    private static IEnumerable<Difference> Measured() =>
    [
        new(Area, "it is closed before it starts, and counted only as rejected",
            "measured: one connection too many", "logged: one connection too many"),
        new(Area, "a framing error, as for an invalid length; Kestrel has no name for it",
            "measured: coding that is not known"),
    ];

    private static IEnumerable<Difference> Logged() =>
    [
        new(Area, "the tunnel is read like a body",
            "logged: upgrade", "logged: one connection beside an upgraded one", "logged: HTTP/2: tunnel",
            "logged: client resets an upgraded connection", "logged: TLS: client resets an upgraded connection"),
        new(Area, "an error of the client is not an application error: 20 for an invalid body instead of 13; lines "
            + "of the heartbeat have no scope if it does not wake the connection",
            "logged: body too slow", "logged: body too large", "logged: bad chunk", "logged: body ends too early",
            "logged: response taken too slowly"),
        new(Area, "the application aborted its own request: not an error of the client",
            "logged: abort by the application"),
        new(Area, "requests that a shutdown aborts are logged as a warning",
            "logged: server stops and does not wait for a request"),
    ];

    private static IEnumerable<Difference> MeasuredOfHttp2() =>
    [
        new(Area, "a malformed request is never queued", "measured: HTTP/2: malformed request"),
    ];

    private static IEnumerable<Difference> LoggedOfHttp2() =>
    [
        new(Area, "a stream that the application aborts is logged like a connection that it aborts",
            "logged: HTTP/2: abort by the application"),
        new(Area, "an error of the client is logged once", "logged: HTTP/2: malformed request",
            "logged: HTTP/2: HTTP/1.1 instead of the preface", "logged: HTTP/2: broken compression"),
        new(Area, "an error of the client is not an application error: 20 for an invalid body instead of 13",
            "logged: HTTP/2: body too large"),
        new(Area, "requests that a shutdown aborts are logged as a warning",
            "logged: HTTP/2: server stops and does not wait for a request"),
    ];

    private static IEnumerable<Difference> OfTls() =>
    [
        new(Area, "a plain HTTP request is answered, and reported as a rejected one",
            "logged: TLS: plain HTTP"),
    ];

    private static IEnumerable<Difference> Traced() =>
    [
        new("Event source", "an event of the options as JSON, which Tipi does not write", "event: Configuration"),
    ];
}
