using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Connections by peer: an IPv4 address, or an IPv6 network of 64 bits, which is what one customer has at least. Holds
/// as many entries as peers are connected.
/// </summary>
internal sealed class PeerCounts
{
    private readonly Lock _gate = new();
    private Dictionary<UInt128, PeerCount>? _peers;

    /// <summary>Counts a connection; null when the peer has as many as allowed.</summary>
    internal PeerCount? TryEnter(IPAddress address, int most)
    {
        UInt128 peer = PeerOf(address);
        lock (_gate)
        {
            _peers ??= [];
            if (!_peers.TryGetValue(peer, out PeerCount? count)) _peers[peer] = count = new PeerCount(peer);
            if (count.Connections >= most) return null;
            count.Connections++;
            return count;
        }
    }

    internal void Leave(PeerCount count)
    {
        lock (_gate)
        {
            if (--count.Connections == 0) _peers!.Remove(count.Peer);
        }
    }

    internal static UInt128 PeerOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        UInt128 value = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        bool isIPv4 = address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;
        return isIPv4 ? value : value >> 64 << 64;
    }
}
