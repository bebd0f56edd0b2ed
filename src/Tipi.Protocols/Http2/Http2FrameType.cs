namespace Tipi.Protocols.Http2;

/// <summary>The type of a frame (RFC 9113 §6, RFC 9218 §7.1). Any other number is a frame to ignore.</summary>
internal enum Http2FrameType : byte
{
    Data = 0x00,
    Headers = 0x01,

    /// <summary>Deprecated (RFC 9113 §5.3.2): checked, then ignored.</summary>
    Priority = 0x02,
    RstStream = 0x03,
    Settings = 0x04,
    PushPromise = 0x05,
    Ping = 0x06,
    GoAway = 0x07,
    WindowUpdate = 0x08,
    Continuation = 0x09,
    PriorityUpdate = 0x10,
}
