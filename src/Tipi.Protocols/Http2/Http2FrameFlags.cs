namespace Tipi.Protocols.Http2;

/// <summary>
/// The flags of frames. What a bit means depends on the type: 1 ends the stream in DATA and HEADERS and acknowledges in
/// SETTINGS and PING. Bits without a meaning for a type are ignored.
/// </summary>
[Flags]
internal enum Http2FrameFlags : byte
{
    None = 0,
    EndStream = 0x01,
    Ack = EndStream,
    EndHeaders = 0x04,
    Padded = 0x08,
    Priority = 0x20,
}
