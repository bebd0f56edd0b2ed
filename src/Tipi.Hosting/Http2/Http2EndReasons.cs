using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>Why a connection ended, by the frame that was wrong and the code that its client was told.</summary>
/// <remarks>Kestrel's names, which tell the stream that a frame is for from the frame itself.</remarks>
internal static class Http2EndReasons
{
    /// <param name="code">What the client was told.</param>
    /// <param name="header">Of the frame.</param>
    /// <param name="isIdle">Its stream was never opened.</param>
    /// <param name="isInBlock">A field block was open.</param>
    internal static ConnectionEndReason Of(
        Http2ErrorCode code, in Http2FrameHeader header, bool isIdle, bool isInBlock)
    {
        if (code == Http2ErrorCode.ProtocolError) return OfPlace(header, isIdle, isInBlock);
        return (code, header.Type) switch
        {
            (Http2ErrorCode.FlowControlError, Http2FrameType.Settings) => ConnectionEndReason.InvalidSettings,
            (Http2ErrorCode.FlowControlError, Http2FrameType.WindowUpdate) =>
                ConnectionEndReason.InvalidWindowUpdateSize,
            (Http2ErrorCode.FlowControlError, _) => ConnectionEndReason.FlowControlWindowExceeded,
            (Http2ErrorCode.FrameSizeError, _) => ConnectionEndReason.InvalidFrameLength,
            // A head opens its stream: one for a former stream has the wrong number.
            (Http2ErrorCode.StreamClosed, Http2FrameType.Headers) => ConnectionEndReason.InvalidStreamId,
            (Http2ErrorCode.StreamClosed, _) => ConnectionEndReason.FrameAfterStreamClose,
            (Http2ErrorCode.CompressionError, _) => ConnectionEndReason.ErrorReadingHeaders,
            (Http2ErrorCode.EnhanceYourCalm, _) => ConnectionEndReason.StreamResetLimitExceeded,
            _ => ConnectionEndReason.UnexpectedFrame,
        };
    }

    private static ConnectionEndReason OfPlace(in Http2FrameHeader header, bool isIdle, bool isInBlock)
    {
        if ((header.StreamId & 1) == 0 && header.StreamId != 0) return ConnectionEndReason.InvalidStreamId;
        if (isInBlock) return ConnectionEndReason.UnexpectedFrame;
        bool isOfConnection = header.StreamId == 0;
        return header.Type switch
        {
            Http2FrameType.Settings when isOfConnection => ConnectionEndReason.InvalidSettings,
            Http2FrameType.Settings or Http2FrameType.Ping or Http2FrameType.GoAway when !isOfConnection =>
                ConnectionEndReason.InvalidStreamId,
            Http2FrameType.WindowUpdate when isOfConnection || !isIdle => ConnectionEndReason.InvalidWindowUpdateSize,
            Http2FrameType.Priority when !isOfConnection => ConnectionEndReason.StreamSelfDependency,
            Http2FrameType.Headers when !isOfConnection => ConnectionEndReason.InvalidDataPadding,
            Http2FrameType.Data when !isOfConnection && !isIdle => ConnectionEndReason.InvalidDataPadding,
            Http2FrameType.Data or Http2FrameType.Headers or Http2FrameType.RstStream or Http2FrameType.WindowUpdate
                or Http2FrameType.Priority => ConnectionEndReason.InvalidStreamId,
            _ => ConnectionEndReason.UnexpectedFrame,
        };
    }
}
