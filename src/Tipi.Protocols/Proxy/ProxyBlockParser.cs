using System.Buffers.Binary;
using System.Net;
using System.Numerics;

namespace Tipi.Protocols.Proxy;

/// <summary>Version 2: a binary block (PROXY protocol §2.2).</summary>
internal static class ProxyBlockParser
{
    private const int FixedLength = 16;
    private const int UnixPathLength = 108;
    private const int LargestAddresses = 2 * UnixPathLength;
    private const int LastTransport = 2;
    private const byte ChecksumType = 0x03;
    private const int ChecksumLength = 4;

    internal static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    internal static ProxyStatus TryParse(
        ReadOnlySpan<byte> data, int maxTlvSize, out ProxyHeader header, out ProxyErrorCode error)
    {
        header = default;
        error = ProxyErrorCode.None;
        if (data.Length < FixedLength) return ProxyStatus.NeedMore;
        error = ParseFixed(data, maxTlvSize, out ProxyHeader block);
        if (error != ProxyErrorCode.None) return ProxyStatus.Invalid;
        if (data.Length < block.Length) return ProxyStatus.NeedMore;
        error = CheckTlvs(data[..block.Length], block.TlvStart);
        if (error != ProxyErrorCode.None) return ProxyStatus.Invalid;
        header = WithAddresses(data, block);
        return ProxyStatus.Complete;
    }

    internal static ReadOnlySpan<byte> UnixPath(ReadOnlySpan<byte> data, int index) =>
        data.Slice(FixedLength + index * UnixPathLength, UnixPathLength).TrimEnd((byte)0);

    /// <summary>What the first 16 bytes say; the length is judged before its bytes are waited for.</summary>
    private static ProxyErrorCode ParseFixed(ReadOnlySpan<byte> data, int maxTlvSize, out ProxyHeader header)
    {
        int length = BinaryPrimitives.ReadUInt16BigEndian(data[14..]);
        int family = data[13] >> 4;
        int transport = data[13] & 0x0F;
        var command = (ProxyCommand)(data[12] & 0x0F);
        header = default;
        if (data[12] >> 4 != 2) return ProxyErrorCode.UnknownVersion;
        if (command > ProxyCommand.Proxy) return ProxyErrorCode.UnknownCommand;
        // The family means nothing for a connection of the proxy's own, and its block is skipped, whatever is in it.
        bool isTold = command == ProxyCommand.Proxy;
        if (isTold && (family > (int)ProxyFamily.Unix || transport > LastTransport))
            return ProxyErrorCode.UnknownFamily;
        ProxyFamily told = isTold && transport != 0 ? (ProxyFamily)family : ProxyFamily.Unspecified;
        int addresses = AddressesLength(told);
        if (length < addresses) return ProxyErrorCode.TooShort;
        int largest = told == ProxyFamily.Unspecified ? LargestAddresses : addresses;
        if (length - largest > maxTlvSize) return ProxyErrorCode.TooLong;
        header = new ProxyHeader
        {
            Version = 2,
            Command = command,
            Family = told,
            Length = FixedLength + length,
            TlvStart = FixedLength + (told == ProxyFamily.Unspecified ? length : addresses),
        };
        return ProxyErrorCode.None;
    }

    private static int AddressesLength(ProxyFamily family) => family switch
    {
        ProxyFamily.Ipv4 => 12,
        ProxyFamily.Ipv6 => 36,
        ProxyFamily.Unix => LargestAddresses,
        _ => 0,
    };

    private static ProxyHeader WithAddresses(ReadOnlySpan<byte> data, ProxyHeader block)
    {
        if (block.Family is not (ProxyFamily.Ipv4 or ProxyFamily.Ipv6)) return block;
        int size = block.Family == ProxyFamily.Ipv4 ? 4 : 16;
        ReadOnlySpan<byte> addresses = data[FixedLength..];
        ReadOnlySpan<byte> ports = addresses[(2 * size)..];
        return block with
        {
            Source = new IPEndPoint(
                new IPAddress(addresses[..size]), BinaryPrimitives.ReadUInt16BigEndian(ports)),
            Destination = new IPEndPoint(
                new IPAddress(addresses.Slice(size, size)), BinaryPrimitives.ReadUInt16BigEndian(ports[2..])),
        };
    }

    private static ProxyErrorCode CheckTlvs(ReadOnlySpan<byte> header, int start)
    {
        var tlvs = new ProxyTlvs(header[start..]);
        bool hasChecksum = false;
        int end = start;
        while (tlvs.MoveNext())
        {
            ProxyTlv tlv = tlvs.Current;
            end += ProxyTlvs.HeadLength + tlv.Value.Length;
            if (tlv.Type != ChecksumType) continue;
            if (hasChecksum || tlv.Value.Length != ChecksumLength) return ProxyErrorCode.InvalidTlv;
            hasChecksum = true;
            if (BinaryPrimitives.ReadUInt32BigEndian(tlv.Value) != Checksum(header, end - ChecksumLength))
                return ProxyErrorCode.WrongChecksum;
        }

        return tlvs.IsAtEnd ? ProxyErrorCode.None : ProxyErrorCode.InvalidTlv;
    }

    /// <summary>CRC32c (RFC 4960 appendix B) of the header with zeros where the checksum stands.</summary>
    private static uint Checksum(ReadOnlySpan<byte> header, int position)
    {
        uint crc = Continue(uint.MaxValue, header[..position]);
        crc = BitOperations.Crc32C(crc, 0u);
        return ~Continue(crc, header[(position + ChecksumLength)..]);
    }

    private static uint Continue(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (byte next in bytes) crc = BitOperations.Crc32C(crc, next);
        return crc;
    }
}
