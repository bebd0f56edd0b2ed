namespace Tipi.Protocols.Http2;

/// <summary>What RST_STREAM and GOAWAY say (RFC 9113 §7). Unknown codes mean no more than InternalError.</summary>
internal enum Http2ErrorCode : uint
{
    NoError = 0x00,
    ProtocolError = 0x01,
    InternalError = 0x02,
    FlowControlError = 0x03,
    SettingsTimeout = 0x04,
    StreamClosed = 0x05,
    FrameSizeError = 0x06,
    RefusedStream = 0x07,
    Cancel = 0x08,
    CompressionError = 0x09,
    ConnectError = 0x0A,
    EnhanceYourCalm = 0x0B,
    InadequateSecurity = 0x0C,

    /// <summary>HTTP_1_1_REQUIRED</summary>
    RequiresHttp11 = 0x0D,
}
