using Tipi.Protocols.Http;

namespace Tipi.Hosting.Diagnostics;

/// <summary>The ends of connections as others name them.</summary>
internal static class EndReasons
{
    /// <summary>
    /// The value of <c>error.type</c>, as under Kestrel, which has none for the PROXY protocol; null where the end is
    /// no error.
    /// </summary>
    internal static string? ErrorTypeOf(ConnectionEndReason reason) => reason switch
    {
        ConnectionEndReason.AbortedByApp => "aborted_by_app",
        ConnectionEndReason.AppShutdownTimeout => "app_shutdown_timeout",
        ConnectionEndReason.ConnectionReset => "connection_reset",
        ConnectionEndReason.ErrorAfterStartingResponse => "error_after_starting_response",
        ConnectionEndReason.InvalidHttpVersion => "invalid_http_version",
        ConnectionEndReason.InvalidRequestHeaders => "invalid_request_headers",
        ConnectionEndReason.InvalidRequestLine => "invalid_request_line",
        ConnectionEndReason.InvalidSettings => "invalid_settings",
        ConnectionEndReason.InvalidWindowUpdateSize => "invalid_window_update_size",
        ConnectionEndReason.IOError => "io_error",
        ConnectionEndReason.KeepAliveTimeout => "keep_alive_timeout",
        ConnectionEndReason.MaxConcurrentConnectionsExceeded => "max_concurrent_connections_exceeded",
        ConnectionEndReason.MaxRequestBodySizeExceeded => "max_request_body_size_exceeded",
        ConnectionEndReason.MaxRequestHeaderCountExceeded => "max_request_header_count_exceeded",
        ConnectionEndReason.MaxRequestHeadersTotalSizeExceeded => "max_request_headers_total_size_exceeded",
        ConnectionEndReason.MinRequestBodyDataRate => "min_request_body_data_rate",
        ConnectionEndReason.MinResponseDataRate => "min_response_data_rate",
        ConnectionEndReason.OtherError => "other_error",
        ConnectionEndReason.ProxyHeaderMalformed => "proxy_header_malformed",
        ConnectionEndReason.ProxyHeaderMissing => "proxy_header_missing",
        ConnectionEndReason.ProxyHeaderTimeout => "proxy_header_timeout",
        ConnectionEndReason.ProxyNotAllowed => "proxy_not_allowed",
        ConnectionEndReason.RequestHeadersTimeout => "request_headers_timeout",
        ConnectionEndReason.ResponseContentLengthMismatch => "response_content_length_mismatch",
        ConnectionEndReason.ServerTimeout => "server_timeout",
        ConnectionEndReason.TlsHandshakeFailed => "tls_handshake_failed",
        ConnectionEndReason.UnexpectedEndOfRequestContent => "unexpected_end_of_request_content",
        ConnectionEndReason.ErrorReadingHeaders => "error_reading_headers",
        ConnectionEndReason.FlowControlWindowExceeded => "flow_control_window_exceeded",
        ConnectionEndReason.FrameAfterStreamClose => "frame_after_stream_close",
        ConnectionEndReason.InvalidDataPadding => "invalid_data_padding",
        ConnectionEndReason.InvalidFrameLength => "invalid_frame_length",
        ConnectionEndReason.InvalidHandshake => "invalid_handshake",
        ConnectionEndReason.InvalidStreamId => "invalid_stream_id",
        ConnectionEndReason.OutputQueueSizeExceeded => "output_queue_size_exceeded",
        ConnectionEndReason.StreamResetLimitExceeded => "stream_reset_limit_exceeded",
        ConnectionEndReason.StreamSelfDependency => "stream_self_dependency",
        ConnectionEndReason.UnexpectedFrame => "unexpected_frame",
        _ => null,
    };

    /// <summary>What a fault in a request's head means for its connection.</summary>
    internal static ConnectionEndReason OfHead(ProtocolErrorCode code) => code switch
    {
        ProtocolErrorCode.Timeout => ConnectionEndReason.RequestHeadersTimeout,
        ProtocolErrorCode.UnsupportedVersion or ProtocolErrorCode.InvalidVersion or ProtocolErrorCode.Http2Preface =>
            ConnectionEndReason.InvalidHttpVersion,
        ProtocolErrorCode.InvalidRequestLine or ProtocolErrorCode.InvalidMethod or ProtocolErrorCode.InvalidTarget
            or ProtocolErrorCode.RequestLineTooLong or ProtocolErrorCode.ExtraEmptyLine
            or ProtocolErrorCode.AsteriskNeedsOptions or ProtocolErrorCode.AuthorityNeedsConnect
            or ProtocolErrorCode.ConnectNeedsAuthority => ConnectionEndReason.InvalidRequestLine,
        ProtocolErrorCode.FieldsTooLarge => ConnectionEndReason.MaxRequestHeadersTotalSizeExceeded,
        ProtocolErrorCode.TooManyFields => ConnectionEndReason.MaxRequestHeaderCountExceeded,
        _ => ConnectionEndReason.InvalidRequestHeaders,
    };

    /// <summary>What a fault in a request's body means for its connection.</summary>
    internal static ConnectionEndReason OfBody(ProtocolErrorCode code) => code switch
    {
        ProtocolErrorCode.Timeout => ConnectionEndReason.MinRequestBodyDataRate,
        ProtocolErrorCode.BodyTooLarge => ConnectionEndReason.MaxRequestBodySizeExceeded,
        ProtocolErrorCode.UnexpectedEnd => ConnectionEndReason.UnexpectedEndOfRequestContent,
        _ => ConnectionEndReason.OtherError,
    };
}
