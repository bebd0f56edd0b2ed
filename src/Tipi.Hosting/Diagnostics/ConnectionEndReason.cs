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
    InvalidDataPadding,
    InvalidFrameLength,
    InvalidHandshake,
    InvalidHttpVersion,
    InvalidRequestHeaders,
    InvalidRequestLine,
    InvalidSettings,
    InvalidStreamId,
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
    StreamSelfDependency,
    TlsHandshakeFailed,
    UnexpectedEndOfRequestContent,
    UnexpectedFrame,
}
