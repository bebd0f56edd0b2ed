using System.Buffers;
using System.Text;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics.Access;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>What can be said of a request that was refused: its first line, and what was understood of it.</summary>
internal static class RefusedRequest
{
    /// <summary>Of the first line: enough to know an attack by, too little to fill a disk with.</summary>
    private const int LongestLine = 1024;

    /// <param name="connection">Where it came.</param>
    /// <param name="error">Why it is refused.</param>
    /// <param name="head">As far as it was parsed; null when none of it was.</param>
    /// <param name="received">The bytes that it was parsed from.</param>
    internal static AccessEntry Describe(
        ServerConnection connection, ProtocolError error, RequestHead? head, in ReadOnlySequence<byte> received)
    {
        ReadOnlySpan<byte> bytes = received.IsSingleSegment ? received.FirstSpan : Join(connection, received);
        var entry = new AccessEntry
        {
            Time = DateTime.UtcNow,
            Duration = TimeSpan.MinValue,
            ConnectionId = connection.Id,
            Peer = connection.Transport.RemoteEndPoint,
            Line = FirstLine(bytes),
            Status = error.StatusCode,
            Reason = error.Message,
            Outcome = AccessOutcome.Refused,
        };
        if (head is null) return entry;
        if (head.TargetRange.Length > 0)
        {
            entry.Method = TextOf(head.MethodRange.Of(bytes));
            entry.Target = TextOf(head.TargetRange.Of(bytes));
        }
        for (int i = 0; i < head.FieldCount; i++) Note(head[i], bytes, ref entry);
        return entry;
    }

    private static void Note(in FieldLine field, ReadOnlySpan<byte> bytes, ref AccessEntry entry)
    {
        switch (field.Known)
        {
            case KnownField.Host:
                entry.Host ??= TextOf(field.Value(bytes));
                break;
            case KnownField.Referer:
                entry.Referer ??= TextOf(field.Value(bytes));
                break;
            case KnownField.UserAgent:
                entry.UserAgent ??= TextOf(field.Value(bytes));
                break;
        }
    }

    private static byte[] Join(ServerConnection connection, in ReadOnlySequence<byte> received)
    {
        // No more than the parser looked at.
        Http1Limits limits = connection.Endpoint.Http1Limits;
        long largest = (long)limits.MaxRequestLineSize + limits.MaxHeadersTotalSize + 4;
        return received.Slice(0, Math.Min(received.Length, largest)).ToArray();
    }

    private static string FirstLine(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.TrimStart("\r\n"u8);
        int end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        if (end >= 0) bytes = bytes[..end];
        return TextOf(bytes[..Math.Min(bytes.Length, LongestLine)]);
    }

    private static string TextOf(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
