using System.Text;

namespace Tipi.Compare.Load;

/// <summary>One WebSocket message in both directions, as it goes over the wire (RFC 6455 §5.2).</summary>
internal sealed class EchoMessage
{
    private const byte FinalText = 0x81;
    private const byte Masked = 0x80;
    private const int LongestShort = 125;

    /// <param name="text">ASCII of at most 125 bytes: a frame with a length of one byte.</param>
    public EchoMessage(string text)
    {
        if (text.Length > LongestShort)
            throw new ArgumentException($"More than {LongestShort} bytes.", nameof(text));
        var payload = Encoding.ASCII.GetBytes(text);
        ReadOnlySpan<byte> mask = [0x37, 0xfa, 0x21, 0x3d];
        Answer = [FinalText, (byte)payload.Length, .. payload];
        Request = [FinalText, (byte)(Masked | payload.Length), .. mask, .. payload];
        for (var i = 0; i < payload.Length; i++)
            Request[^(payload.Length - i)] ^= mask[i % mask.Length];
    }

    /// <summary>From the client, and so masked.</summary>
    public byte[] Request { get; }

    /// <summary>From the server, the same text.</summary>
    public byte[] Answer { get; }
}
