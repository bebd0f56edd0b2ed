namespace Tipi.Protocols.Http2;

/// <summary>The stream states as two tables: what a frame from the client means, and where frames lead.</summary>
/// <remarks>
/// <code>
///                     HEADERS received
///              Idle ───────────────────▶ Open
///                                       /    \
///           END_STREAM received        /      \        END_STREAM sent
///                                     ▼        ▼
///                       HalfClosedRemote      HalfClosedLocal
///                                     \        /
///               END_STREAM sent        \      /        END_STREAM received
///                                       ▼    ▼
///     RST_STREAM received, from any ──▶ Closed       Reset ◀── RST_STREAM sent, from any
///
/// received in       DATA         HEADERS           RST_STREAM  WINDOW_UPDATE  PRIORITY
/// Idle              protocol     accept: opens     protocol    protocol       ignore
/// Open              accept       accept: trailers  accept      accept         ignore
/// HalfClosedLocal   accept       accept: trailers  accept      accept         ignore
/// HalfClosedRemote  closed       closed            accept      accept         ignore
/// Closed            closed!      closed!           ignore      ignore         ignore
/// Reset             ignore       ignore            ignore      ignore         ignore
/// </code>
/// protocol: PROTOCOL_ERROR of the connection. closed: STREAM_CLOSED of the stream; closed!: of the connection, since
/// nobody who keeps count sends it. PRIORITY is ignored in every state (RFC 9113 §5.3.2), once its length and its
/// dependency are checked.
/// </remarks>
internal static class Http2StreamStates
{
    /// <summary>What a frame from the client means in a state, by the second table.</summary>
    /// <param name="state">The stream's state.</param>
    /// <param name="type">DATA, HEADERS, RST_STREAM, WINDOW_UPDATE or PRIORITY.</param>
    /// <param name="error">With Refuse what to answer.</param>
    internal static Http2Verdict OnReceive(Http2StreamState state, Http2FrameType type, out Http2Error error)
    {
        error = default;
        if (type == Http2FrameType.Priority) return Http2Verdict.Ignore;
        bool carriesMessage = type is Http2FrameType.Data or Http2FrameType.Headers;
        switch (state)
        {
            case Http2StreamState.Idle:
                if (type == Http2FrameType.Headers) return Http2Verdict.Accept;
                error = Http2Error.Connection(Http2ErrorCode.ProtocolError, "A frame was sent on an idle stream.");
                return Http2Verdict.Refuse;
            case Http2StreamState.Open or Http2StreamState.HalfClosedLocal:
                return Http2Verdict.Accept;
            case Http2StreamState.HalfClosedRemote:
                if (!carriesMessage) return Http2Verdict.Accept;
                error = Http2Error.Stream(Http2ErrorCode.StreamClosed, "A frame was sent after END_STREAM.");
                return Http2Verdict.Refuse;
            case Http2StreamState.Closed:
                if (!carriesMessage) return Http2Verdict.Ignore;
                error = Http2Error.Connection(Http2ErrorCode.StreamClosed, "A frame was sent on a closed stream.");
                return Http2Verdict.Refuse;
            default:
                return Http2Verdict.Ignore;
        }
    }

    /// <summary>The state after an accepted frame from the client.</summary>
    internal static Http2StreamState AfterReceive(Http2StreamState state, Http2FrameType type, bool endStream)
    {
        if (type == Http2FrameType.RstStream)
            return state is Http2StreamState.Reset ? state : Http2StreamState.Closed;
        if (type == Http2FrameType.Headers && state == Http2StreamState.Idle) state = Http2StreamState.Open;
        if (!endStream || type is not (Http2FrameType.Data or Http2FrameType.Headers)) return state;
        return state switch
        {
            Http2StreamState.Open => Http2StreamState.HalfClosedRemote,
            Http2StreamState.HalfClosedLocal => Http2StreamState.Closed,
            _ => state,
        };
    }

    /// <summary>The state after a frame of ours.</summary>
    internal static Http2StreamState AfterSend(Http2StreamState state, Http2FrameType type, bool endStream)
    {
        if (type == Http2FrameType.RstStream)
            return state == Http2StreamState.Closed ? state : Http2StreamState.Reset;
        if (!endStream || type is not (Http2FrameType.Data or Http2FrameType.Headers)) return state;
        return state switch
        {
            Http2StreamState.Open => Http2StreamState.HalfClosedLocal,
            Http2StreamState.HalfClosedRemote => Http2StreamState.Closed,
            _ => state,
        };
    }
}
