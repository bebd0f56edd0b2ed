using System.Buffers;
using System.Buffers.Binary;

namespace Tipi.Protocols.Tls;

/// <summary>
/// Reads a client's first message from the records at the begin of a connection.
/// <code>
/// record: 22 | 3 | minor | length (2) | part of the message      message: 1 | length (3) | body
/// </code>
/// What a server cannot work with is left to the TLS library, which answers with the right alert: this is the reading
/// that a choice of certificate needs, before any cryptography.
/// </summary>
public static class ClientHelloParser
{
    /// <summary>
    /// Bytes of a message at most. A usual one has 200 to 2,000, with keys for a post-quantum exchange; tools and tests
    /// send some with as many extensions as there can be, which are 64 KiB.
    /// </summary>
    public const int MaxMessageSize = 68 * 1024;

    /// <summary>
    /// Bytes after which the parser has an answer, whatever they are: the message with the headers of its records, of
    /// which a client may make as many as it likes.
    /// </summary>
    public const int MaxLength = 72 * 1024;

    /// <summary>The first byte of a TLS connection.</summary>
    public const byte HandshakeRecord = 22;

    /// <summary>Bytes before a record's content.</summary>
    internal const int RecordHeaderSize = 5;

    private const int MaxRecordSize = 16 * 1024; // RFC 8446 §5.1

    private const int MessageHeaderSize = 4;

    private const byte ClientHelloType = 1;

    /// <summary>Reads the message, if it is whole.</summary>
    /// <param name="bytes">What the connection has brought so far, from its first byte on.</param>
    /// <param name="hello">The message; null unless the answer is Complete.</param>
    public static ClientHelloStatus TryParse(ReadOnlySpan<byte> bytes, out ClientHello? hello)
    {
        ClientHelloProgress progress = default;
        return TryParse(bytes, ref progress, out hello);
    }

    /// <summary>The same, going on behind the records that were whole the last time.</summary>
    internal static ClientHelloStatus TryParse(
        ReadOnlySpan<byte> bytes, ref ClientHelloProgress progress, out ClientHello? hello)
    {
        hello = null;
        ClientHelloStatus status = Measure(bytes, ref progress, out int messageSize);
        if (status != ClientHelloStatus.Complete) return status;
        (int records, int length) = (progress.Records, progress.Length);
        var found = new ClientHello { Records = records, Length = length };
        bool isGood = records == 1
            ? ClientHelloBody.TryRead(bytes[(RecordHeaderSize + MessageHeaderSize)..length], found)
            : TryReadJoined(bytes[..length], messageSize, found);
        if (!isGood) return ClientHelloStatus.Invalid;
        hello = found;
        return ClientHelloStatus.Complete;
    }

    private static bool TryReadJoined(ReadOnlySpan<byte> records, int messageSize, ClientHello hello)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(messageSize);
        int at = 0;
        while (records.Length > 0)
        {
            int size = SizeOf(records);
            records.Slice(RecordHeaderSize, size).CopyTo(message.AsSpan(at));
            at += size;
            records = records[(RecordHeaderSize + size)..];
        }
        bool isGood = ClientHelloBody.TryRead(message.AsSpan(MessageHeaderSize..messageSize), hello);
        ArrayPool<byte>.Shared.Return(message);
        return isGood;
    }

    /// <summary>Finds the message's end. Says no as soon as the bytes show it.</summary>
    private static ClientHelloStatus Measure(
        ReadOnlySpan<byte> bytes, ref ClientHelloProgress progress, out int messageSize)
    {
        messageSize = 0;
        Span<byte> header = stackalloc byte[MessageHeaderSize];
        BinaryPrimitives.WriteUInt32BigEndian(header, progress.MessageHeader);
        while (true)
        {
            ReadOnlySpan<byte> rest = bytes[progress.Length..];
            ClientHelloStatus status = CheckRecord(rest);
            if (status != ClientHelloStatus.Complete)
                return progress.Records > 0 && status == ClientHelloStatus.Absent ? ClientHelloStatus.Invalid : status;
            int size = SizeOf(rest);
            if (progress.Length + RecordHeaderSize + size > MaxLength) return ClientHelloStatus.Invalid;
            ReadOnlySpan<byte> content = rest[RecordHeaderSize..];
            content = content[..Math.Min(size, content.Length)];
            if (progress.Received < MessageHeaderSize)
                content[..Math.Min(content.Length, MessageHeaderSize - progress.Received)]
                    .CopyTo(header[progress.Received..]);
            int received = progress.Received + content.Length;
            status = CheckMessage(header, received, out messageSize);
            if (status != ClientHelloStatus.Complete) return status;
            if (content.Length < size) return ClientHelloStatus.NeedMore;
            progress.OnRecord(RecordHeaderSize + size, received, BinaryPrimitives.ReadUInt32BigEndian(header));
            if (received < messageSize) continue;
            // Behind it the keys change: nothing else may be in its last record (RFC 8446 §5.1).
            return received == messageSize ? ClientHelloStatus.Complete : ClientHelloStatus.Invalid;
        }
    }

    /// <summary>Complete: the header is there and good.</summary>
    private static ClientHelloStatus CheckRecord(ReadOnlySpan<byte> rest)
    {
        if (rest.Length > 0 && rest[0] != HandshakeRecord) return ClientHelloStatus.Absent;
        if (rest.Length > 1 && rest[1] != 3) return ClientHelloStatus.Absent;
        if (rest.Length < RecordHeaderSize) return ClientHelloStatus.NeedMore;
        return SizeOf(rest) is > 0 and <= MaxRecordSize ? ClientHelloStatus.Complete : ClientHelloStatus.Invalid;
    }

    /// <summary>Complete: nothing is wrong with it so far.</summary>
    /// <param name="header">The message's first bytes.</param>
    /// <param name="received">How many bytes of the message are there.</param>
    /// <param name="messageSize">Its size with the header; the largest while that is not known.</param>
    private static ClientHelloStatus CheckMessage(ReadOnlySpan<byte> header, int received, out int messageSize)
    {
        messageSize = MaxMessageSize;
        if (received > 0 && header[0] != ClientHelloType) return ClientHelloStatus.Unexpected;
        if (received < MessageHeaderSize) return ClientHelloStatus.Complete;
        messageSize = MessageHeaderSize + (header[1] << 16 | header[2] << 8 | header[3]);
        return messageSize <= MaxMessageSize ? ClientHelloStatus.Complete : ClientHelloStatus.Invalid;
    }

    private static int SizeOf(ReadOnlySpan<byte> record) => BinaryPrimitives.ReadUInt16BigEndian(record[3..]);
}
