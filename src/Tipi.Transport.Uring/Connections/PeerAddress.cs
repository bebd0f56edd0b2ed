using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Connections;

/// <summary>A socket's address as the kernel gives it, kept in 28 bytes until somebody asks for an object.</summary>
internal readonly struct PeerAddress
{
    private const int AfInet = 2;
    private const int AfInet6 = 10;

    private readonly Bytes _bytes;

    private PeerAddress(Bytes bytes) => _bytes = bytes;

    /// <summary>The address of the socket's other end; empty where there is none.</summary>
    public static PeerAddress OfPeer(int descriptor) => Ask(descriptor, peer: true);

    /// <summary>The address of the socket's own end.</summary>
    public static PeerAddress OfLocal(int descriptor) => Ask(descriptor, peer: false);

    /// <summary>The address as an object, or null where it is of no network (a Unix socket's).</summary>
    public IPEndPoint? ToEndPoint()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BitConverter.ToUInt16(bytes) switch
        {
            AfInet => new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port),
            AfInet6 => new IPEndPoint(new IPAddress(bytes.Slice(8, 16), BitConverter.ToUInt32(bytes[24..])), port),
            _ => null,
        };
    }

    // Safe: the kernel writes at most as many bytes as it is told the buffer has.
    private static unsafe PeerAddress Ask(int descriptor, bool peer)
    {
        var bytes = default(Bytes);
        uint length = Bytes.Length;
        var address = (byte*)&bytes;
        var answer = peer ? LibC.PeerName(descriptor, address, &length) : LibC.LocalName(descriptor, address, &length);
        return answer < 0 ? default : new PeerAddress(bytes);
    }

    // The size of sockaddr_in6, the larger of the two.
    [InlineArray(Length)]
    private struct Bytes
    {
        public const int Length = 28;
        private byte _first;
    }
}
