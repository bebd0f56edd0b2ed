using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Tipi.Tests.Cases;

/// <summary>Builds headers of the PROXY protocol, right and wrong ones, independently of the product.</summary>
public static class ProxyBytes
{
    public const byte Tcp4 = 0x11;
    public const byte Tcp6 = 0x21;
    public const byte UnixStream = 0x31;
    private const byte ChecksumType = 3;

    /// <summary>What every binary header begins with.</summary>
    public static byte[] Signature => [0x0D, 0x0A, 0x0D, 0x0A, 0, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A];

    /// <summary>A line of text with its CRLF.</summary>
    public static byte[] Line(string text) => Encoding.Latin1.GetBytes(text + "\r\n");

    /// <summary>A block with any first bytes; the length is the payload's unless it is given.</summary>
    public static byte[] Block(byte versionAndCommand, byte family, byte[] payload, int? length = null)
    {
        byte[] size = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(size, (ushort)(length ?? payload.Length));
        return [.. Signature, versionAndCommand, family, .. size, .. payload];
    }

    /// <summary>A block that relays a connection between two addresses of the same family.</summary>
    public static byte[] Relay(string source, string destination, params byte[][] tlvs)
    {
        byte[] addresses = Addresses(source, destination);
        return Block(0x21, addresses.Length == 12 ? Tcp4 : Tcp6, [.. addresses, .. tlvs.SelectMany(tlv => tlv)]);
    }

    /// <summary>The addresses of a block.</summary>
    public static byte[] Addresses(string source, string destination)
    {
        IPEndPoint from = IPEndPoint.Parse(source);
        IPEndPoint to = IPEndPoint.Parse(destination);
        return [.. from.Address.GetAddressBytes(), .. to.Address.GetAddressBytes(), .. Port(from), .. Port(to)];
    }

    /// <summary>The addresses of a block for Unix sockets.</summary>
    public static byte[] Paths(string source, string destination)
    {
        byte[] paths = new byte[216];
        Encoding.ASCII.GetBytes(source, paths);
        Encoding.ASCII.GetBytes(destination, paths.AsSpan(108));
        return paths;
    }

    /// <summary>An extension.</summary>
    public static byte[] Tlv(byte type, params byte[] value) =>
        [type, (byte)(value.Length >> 8), (byte)value.Length, .. value];

    /// <summary>The block with a checksum behind its last extension, and one more extension behind that.</summary>
    public static byte[] WithChecksum(byte[] block, params byte[] behind)
    {
        byte[] whole = [.. block, .. Tlv(ChecksumType, 0, 0, 0, 0), .. behind];
        BinaryPrimitives.WriteUInt16BigEndian(whole.AsSpan(14), (ushort)(whole.Length - 16));
        BinaryPrimitives.WriteUInt32BigEndian(whole.AsSpan(block.Length + 3), Crc32C(whole));
        return whole;
    }

    /// <summary>RFC 4960 appendix B, a bit at a time.</summary>
    public static uint Crc32C(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte next in bytes)
        {
            crc ^= next;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
        }

        return ~crc;
    }

    private static byte[] Port(IPEndPoint endPoint) => [(byte)(endPoint.Port >> 8), (byte)endPoint.Port];
}
