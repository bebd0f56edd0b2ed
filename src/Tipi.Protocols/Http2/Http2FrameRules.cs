namespace Tipi.Protocols.Http2;

/// <summary>What a frame's header alone can break: the place of its type, its length, its stream.</summary>
/// <remarks>
/// <code>
/// frame            stream     length             a wrong length ends
/// DATA             odd        1 when padded      the connection
/// HEADERS          odd        as flags need      the connection
/// PRIORITY         any but 0  5                  the stream
/// RST_STREAM       odd        4                  the connection
/// SETTINGS         0          n × 6, ACK: 0      the connection
/// PUSH_PROMISE     never from a client
/// PING             0          8                  the connection
/// GOAWAY           0          8 or more          the connection
/// WINDOW_UPDATE    0 or odd   4                  the connection
/// CONTINUATION     odd        any                –
/// PRIORITY_UPDATE  0          4 or more          the connection
/// anything else    any        any                ignored (RFC 9113 §5.5)
/// </code>
/// Streams with even numbers are those that a server opens by pushing: there are none here, so whatever speaks of one
/// speaks of an idle stream (RFC 9113 §5.1). A frame longer than announced is a fault of the connection for every type:
/// RFC 9113 §4.2 would permit to end only a stream of DATA, but its payload would have to be read first.
/// </remarks>
internal static class Http2FrameRules
{
    private const int PrioritySize = 5;

    /// <summary>Checks a header from a client.</summary>
    /// <param name="header">The header.</param>
    /// <param name="maxFrameSize">The SETTINGS_MAX_FRAME_SIZE in force, in bytes.</param>
    internal static Http2Error Check(in Http2FrameHeader header, int maxFrameSize)
    {
        if (header.Length > maxFrameSize)
            return WrongSize("A frame is longer than SETTINGS_MAX_FRAME_SIZE permits.");
        return header.Type switch
        {
            Http2FrameType.Data => OnStream(header, header.Has(Http2FrameFlags.Padded) ? 1 : 0),
            Http2FrameType.Headers => OnStream(header, HeadersMinimum(header.Flags)),
            Http2FrameType.Priority => CheckPriority(header),
            Http2FrameType.RstStream => OnStream(header, 4, 4),
            Http2FrameType.Settings => CheckSettings(header),
            Http2FrameType.PushPromise => Wrong("A client sent PUSH_PROMISE."),
            Http2FrameType.Ping => OnConnection(header, 8, 8),
            Http2FrameType.GoAway => OnConnection(header, 8),
            Http2FrameType.WindowUpdate => header.StreamId == 0
                ? OnConnection(header, 4, 4)
                : OnStream(header, 4, 4),
            Http2FrameType.Continuation => OnStream(header, 0),
            Http2FrameType.PriorityUpdate => OnConnection(header, 4),
            _ => default,
        };
    }

    /// <summary>
    /// Checks the order: between HEADERS without END_HEADERS and the frame with it, nothing but CONTINUATION of the
    /// same stream may come, not even an unknown frame (RFC 9113 §4.3, §5.5); anywhere else there is none.
    /// </summary>
    /// <param name="header">The header.</param>
    /// <param name="openBlockStreamId">The stream whose field block is not complete yet, or 0.</param>
    internal static Http2Error CheckOrder(in Http2FrameHeader header, int openBlockStreamId)
    {
        bool isContinuation = header.Type == Http2FrameType.Continuation;
        if (openBlockStreamId == 0)
            return isContinuation ? Wrong("CONTINUATION follows no open field block.") : default;
        return isContinuation && header.StreamId == openBlockStreamId
            ? default
            : Wrong("A field block was interrupted by another frame.");
    }

    private static int HeadersMinimum(Http2FrameFlags flags) =>
        ((flags & Http2FrameFlags.Padded) != 0 ? 1 : 0) + ((flags & Http2FrameFlags.Priority) != 0 ? PrioritySize : 0);

    private static Http2Error CheckPriority(in Http2FrameHeader header)
    {
        if (header.StreamId == 0) return Wrong("PRIORITY was sent without a stream.");
        return header.Length == PrioritySize
            ? default
            : Http2Error.Stream(Http2ErrorCode.FrameSizeError, "PRIORITY is not five bytes long.");
    }

    private static Http2Error CheckSettings(in Http2FrameHeader header)
    {
        if (header.StreamId != 0) return Wrong("SETTINGS was sent on a stream.");
        if (header.Has(Http2FrameFlags.Ack))
            return header.Length == 0 ? default : WrongSize("A SETTINGS acknowledgment has a payload.");
        return header.Length % 6 == 0 ? default : WrongSize("The length of SETTINGS is not a multiple of six bytes.");
    }

    private static Http2Error OnStream(in Http2FrameHeader header, int minimum, int maximum = int.MaxValue)
    {
        if (header.StreamId == 0) return Wrong("A stream frame was sent without a stream.");
        if ((header.StreamId & 1) == 0) return Wrong("A client sent a frame on a stream with an even number.");
        return Sized(header, minimum, maximum);
    }

    private static Http2Error OnConnection(in Http2FrameHeader header, int minimum, int maximum = int.MaxValue) =>
        header.StreamId == 0
            ? Sized(header, minimum, maximum)
            : Wrong("A connection frame was sent on a stream.");

    private static Http2Error Sized(in Http2FrameHeader header, int minimum, int maximum) =>
        header.Length >= minimum && header.Length <= maximum
            ? default
            : WrongSize("The length of a frame does not match its type.");

    private static Http2Error Wrong(string reason) => Http2Error.Connection(Http2ErrorCode.ProtocolError, reason);

    private static Http2Error WrongSize(string reason) => Http2Error.Connection(Http2ErrorCode.FrameSizeError, reason);
}
