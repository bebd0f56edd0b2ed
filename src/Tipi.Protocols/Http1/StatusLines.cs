using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>Status lines with their usual phrases, encoded once.</summary>
internal static class StatusLines
{
    private const int First = 100;

    private static readonly byte[]?[] s_lines = new byte[600 - First][];

    /// <summary>The line with its CRLF; empty when the status has no usual phrase.</summary>
    internal static ReadOnlySpan<byte> Find(int statusCode)
    {
        byte[]?[] lines = s_lines;
        int index = statusCode - First;
        if ((uint)index >= (uint)lines.Length) return default;
        return lines[index] ?? Encode(statusCode);
    }

    private static byte[] Encode(int statusCode)
    {
        string phrase = ReasonPhrases.Find(statusCode);
        byte[] line = phrase.Length == 0 ? [] : Encoding.ASCII.GetBytes($"HTTP/1.1 {statusCode} {phrase}\r\n");
        return s_lines[statusCode - First] = line; // two threads may both encode it: to the same bytes
    }
}
