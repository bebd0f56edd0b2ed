namespace Tipi.Compare.Siege.Http2;

/// <summary>RFC 9113 §6, RFC 9218 §7.1, and one that nobody knows.</summary>
internal enum FrameType : byte
{
    Data,
    Headers,
    Priority,
    RstStream,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
    PriorityUpdate = 0x10,
    Unknown = 0xbe,
}
