using System.Buffers;
using System.Text;

namespace Tipi.Protocols.Http;

/// <summary>Text as it stands in heads: one byte for each character (ISO 8859-1).</summary>
internal static class OneByteText
{
    /// <summary>Writes as many bytes as there are characters.</summary>
    /// <remarks>
    /// Nearly all text is ASCII, which the runtime brings machine code for; its code for the rest is compiled in each
    /// process, for longer than a request takes.
    /// </remarks>
    internal static void Write(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (Ascii.FromUtf16(text, destination, out int written) != OperationStatus.Done)
            Encoding.Latin1.GetBytes(text[written..], destination[written..]);
    }
}
