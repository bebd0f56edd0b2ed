using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>
/// <c>peer - - [time] "request line" status bytes "referer" "user agent" "host" seconds</c>. In quotes, whatever is not
/// printable ASCII, a quote or a backslash is <c>\xHH</c>, a byte each; what is not known is a minus sign.
/// </summary>
internal sealed class CombinedAccessFormat : IAccessFormat
{
    internal static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public void Write(in AccessEntry entry, IBufferWriter<byte> output)
    {
        WritePeer(entry.Peer, output);
        output.Write(" - - ["u8);
        Write(entry.Time, "dd/MMM/yyyy:HH:mm:ss", output);
        output.Write(" +0000] \""u8);
        WriteRequest(entry, output);
        output.Write("\" "u8);
        Write(entry.Status, default, output);
        output.Write(" "u8);
        Write(entry.Bytes, default, output);
        WriteQuoted(entry.Referer, output);
        WriteQuoted(entry.UserAgent, output);
        WriteQuoted(entry.Host, output);
        output.Write(" "u8);
        if (entry.Duration < TimeSpan.Zero) output.Write("-"u8);
        else Write(entry.Duration.TotalSeconds, "0.000", output);
        output.Write("\n"u8);
    }

    private static void WritePeer(EndPoint? peer, IBufferWriter<byte> output)
    {
        if (peer is IPEndPoint ip) Write(ip.Address, default, output);
        else output.Write(peer is UnixDomainSocketEndPoint ? "unix:"u8 : "-"u8);
    }

    private static void WriteRequest(in AccessEntry entry, IBufferWriter<byte> output)
    {
        if (entry.Line is not null)
        {
            WriteEscaped(entry.Line, Encoding.Latin1, output);
            return;
        }
        WriteEscaped(entry.Method, Encoding.UTF8, output);
        output.Write(" "u8);
        WriteEscaped(entry.Target, Encoding.UTF8, output);
        output.Write(" "u8);
        WriteEscaped(entry.Protocol, Encoding.UTF8, output);
    }

    private static void WriteQuoted(string? text, IBufferWriter<byte> output)
    {
        output.Write(" \""u8);
        if (string.IsNullOrEmpty(text)) output.Write("-"u8);
        else WriteEscaped(text, Encoding.UTF8, output);
        output.Write("\""u8);
    }

    private static void WriteEscaped(ReadOnlySpan<char> text, Encoding encoding, IBufferWriter<byte> output)
    {
        Span<byte> piece = stackalloc byte[256 * 3];
        while (!text.IsEmpty)
        {
            int count = Math.Min(text.Length, 256);
            // A pair of surrogates is one character and must not be cut.
            if (count < text.Length && char.IsHighSurrogate(text[count - 1])) count--;
            Escape(piece[..encoding.GetBytes(text[..count], piece)], output);
            text = text[count..];
        }
    }

    private static void Escape(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output)
    {
        const int LongestEscape = 4;
        Span<byte> to = output.GetSpan(bytes.Length * LongestEscape);
        int length = 0;
        foreach (byte one in bytes)
        {
            if (one is >= 0x20 and < 0x7F and not (byte)'"' and not (byte)'\\')
            {
                to[length++] = one;
                continue;
            }
            to[length] = (byte)'\\';
            to[length + 1] = (byte)'x';
            one.TryFormat(to[(length + 2)..], out _, "X2", Culture);
            length += LongestEscape;
        }
        output.Advance(length);
    }

    private static void Write<T>(T value, ReadOnlySpan<char> format, IBufferWriter<byte> output)
        where T : IUtf8SpanFormattable
    {
        const int Longest = 64;
        value.TryFormat(output.GetSpan(Longest), out int length, format, Culture);
        output.Advance(length);
    }
}
