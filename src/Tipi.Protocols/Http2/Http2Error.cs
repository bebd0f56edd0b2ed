namespace Tipi.Protocols.Http2;

/// <summary>A peer's fault as a value: what to answer and how far it reaches. The default is no fault.</summary>
/// <param name="Code">The code to answer with.</param>
/// <param name="Scope">Whether the stream or the connection ends.</param>
/// <param name="Reason">One plain sentence for a log; it quotes nothing of what was sent. Null without a fault.</param>
internal readonly record struct Http2Error(Http2ErrorCode Code, Http2ErrorScope Scope, string Reason)
{
    internal static Http2Error None => default;

    internal bool IsNone => Scope == Http2ErrorScope.None;

    internal static Http2Error Connection(Http2ErrorCode code, string reason) =>
        new(code, Http2ErrorScope.Connection, reason);

    internal static Http2Error Stream(Http2ErrorCode code, string reason) =>
        new(code, Http2ErrorScope.Stream, reason);
}
