using System.Globalization;

namespace Tipi.Chaos.Tests;

/// <summary>What the process holds, as it says itself.</summary>
internal sealed record RestReport(
    long Sockets, long ServerThreads, long Connections, long Requests, long RingBytes, long ManagedBytes)
{
    private const long MostMoreRingBytes = 8 << 20;
    // A ring keeps two spares at most, and each processor may have a thread for handshakes.
    private const long MostMoreThreads = 6;
    private const long MostMoreManagedBytes = 16 << 20;

    internal static RestReport Parse(string text)
    {
        long[] values = [.. text.Split(' ').Select(value => long.Parse(value, CultureInfo.InvariantCulture))];
        return new RestReport(values[0], values[1], values[2], values[3], values[4], values[5]);
    }

    /// <summary>Nothing is left over, but for what pools may keep.</summary>
    internal bool IsNoMoreThan(RestReport before) =>
        Sockets <= before.Sockets
        && ServerThreads <= before.ServerThreads + MostMoreThreads
        && Connections <= before.Connections
        && Requests <= before.Requests
        && RingBytes <= before.RingBytes + MostMoreRingBytes
        && ManagedBytes <= before.ManagedBytes + MostMoreManagedBytes;
}
