using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Counts what is open at once and refuses what goes beyond the limits. Endpoints with limits of their own count apart,
/// so that an endpoint for health checks is not locked out by the others.
/// </summary>
internal sealed class Admission(TipiServerLimits limits)
{
    private readonly PeerCounts _peers = new();
    private volatile TipiServerLimits _limits = limits;
    private long _connections;
    private long _upgraded;
    private long _requests;

    /// <summary>What is counted against; may change while the counts go on.</summary>
    internal TipiServerLimits Limits
    {
        get => _limits;
        set => _limits = value;
    }

    internal bool TryEnterConnection() =>
        TryEnter(ref _connections, _limits.MaxConcurrentConnections ?? long.MaxValue);

    internal void LeaveConnection() => Interlocked.Decrement(ref _connections);

    internal bool TryEnterUpgrade() =>
        TryEnter(ref _upgraded, _limits.MaxConcurrentUpgradedConnections ?? long.MaxValue);

    internal void LeaveUpgrade() => Interlocked.Decrement(ref _upgraded);

    /// <summary>Counts a connection of a peer, where peers are limited and those of its kind have addresses.</summary>
    /// <param name="connection">The connection; its address is asked for only where peers are limited.</param>
    /// <param name="count">What to leave with later; null when nothing was counted.</param>
    /// <returns>False when the peer has as many as allowed.</returns>
    internal bool TryEnterPeer(ConnectionContext connection, out PeerCount? count)
    {
        count = null;
        if (_limits.MaxConnectionsPerIP is not { } most) return true;
        IPAddress? address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (address is null && UnknownPeer.Is(connection)) address = UnknownPeer.Address;
        if (address is null) return true;
        count = _peers.TryEnter(address, most);
        return count is not null;
    }

    internal void LeavePeer(PeerCount count) => _peers.Leave(count);

    /// <summary>Counts a request, where requests are limited.</summary>
    /// <param name="isCounted">True when it has to leave later.</param>
    /// <returns>False when as many run as allowed.</returns>
    internal bool TryEnterRequest(out bool isCounted)
    {
        isCounted = false;
        if (_limits.MaxConcurrentRequests is not { } most) return true;
        return isCounted = TryEnter(ref _requests, most);
    }

    internal void LeaveRequest() => Interlocked.Decrement(ref _requests);

    private static bool TryEnter(ref long count, long most)
    {
        if (Interlocked.Increment(ref count) <= most) return true;
        Interlocked.Decrement(ref count);
        return false;
    }
}
