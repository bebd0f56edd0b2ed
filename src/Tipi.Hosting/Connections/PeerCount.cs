namespace Tipi.Hosting.Connections;

/// <summary>The connections of one peer. Changed under the lock of its <see cref="PeerCounts"/>.</summary>
internal sealed class PeerCount(UInt128 peer)
{
    internal UInt128 Peer { get; } = peer;

    internal int Connections { get; set; }
}
