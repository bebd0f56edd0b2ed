using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>Why a connection ended, by the code that its client was told.</summary>
internal static class Http2EndReasons
{
    /// <summary>Where it was one frame that was wrong.</summary>
    internal static ConnectionEndReason Of(Http2ErrorCode code, Http2FrameType frame) => (code, frame) switch
    {
        (Http2ErrorCode.ProtocolError or Http2ErrorCode.FlowControlError, Http2FrameType.Settings) =>
            ConnectionEndReason.InvalidSettings,
        (Http2ErrorCode.ProtocolError or Http2ErrorCode.FlowControlError, Http2FrameType.WindowUpdate) =>
            ConnectionEndReason.InvalidWindowUpdateSize,
        _ => Of(code),
    };

    internal static ConnectionEndReason Of(Http2ErrorCode code) => code switch
    {
        Http2ErrorCode.FlowControlError => ConnectionEndReason.FlowControlWindowExceeded,
        Http2ErrorCode.FrameSizeError => ConnectionEndReason.InvalidFrameLength,
        Http2ErrorCode.StreamClosed => ConnectionEndReason.FrameAfterStreamClose,
        Http2ErrorCode.CompressionError => ConnectionEndReason.ErrorReadingHeaders,
        Http2ErrorCode.EnhanceYourCalm => ConnectionEndReason.StreamResetLimitExceeded,
        Http2ErrorCode.NoError => ConnectionEndReason.TransportCompleted,
        _ => ConnectionEndReason.UnexpectedFrame,
    };
}
