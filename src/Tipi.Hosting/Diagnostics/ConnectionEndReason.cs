namespace Tipi.Hosting.Diagnostics;

/// <summary>Why a connection ended. The first reason counts.</summary>
internal enum ConnectionEndReason : byte
{
    Unset,

    // No errors.
    TransportCompleted,
    RequestNoKeepAlive,
    ResponseNoKeepAlive,
    GracefulAppShutdown,

    // Errors; each has a text.
    AbortedByApp,
    AppShutdownTimeout,
    ConnectionReset,
    ErrorAfterStartingResponse,
    ErrorReadingHeaders,
    FlowControlWindowExceeded,
    FrameAfterStreamClose,
    InvalidFrameLength,
    InvalidHttpVersion,
    InvalidRequestHeaders,
    InvalidRequestLine,
    InvalidSettings,
    InvalidWindowUpdateSize,
    IOError,
    KeepAliveTimeout,
    MaxConcurrentConnectionsExceeded,
    MaxRequestBodySizeExceeded,
    MaxRequestHeaderCountExceeded,
    MaxRequestHeadersTotalSizeExceeded,
    MinRequestBodyDataRate,
    MinResponseDataRate,
    OtherError,
    OutputQueueSizeExceeded,
    ProxyHeaderMalformed,
    ProxyHeaderMissing,
    ProxyHeaderTimeout,
    ProxyNotAllowed,
    RequestHeadersTimeout,
    ResponseContentLengthMismatch,
    ServerTimeout,
    StreamResetLimitExceeded,
    TlsHandshakeFailed,
    UnexpectedEndOfRequestContent,
    UnexpectedFrame,
}
