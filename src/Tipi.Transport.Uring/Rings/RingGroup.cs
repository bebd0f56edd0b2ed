using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>The rings of one transport, one a processor, with the sentinel that watches them.</summary>
internal sealed class RingGroup : IAsyncDisposable
{
    // More rings than this bring contention rather than speed, and their buffers cost memory.
    private const int MaxRings = 64;

    private readonly Sentinel _sentinel;
    private readonly RingCrew[] _crews;

    public RingGroup(UringTransportOptions options, Action<Exception> reportFault)
    {
        Options = options;
        // The runtime's count respects the affinity mask and the control group's quota.
        var count = options.RingCount > 0 ? options.RingCount : Math.Min(Environment.ProcessorCount, MaxRings);
        _sentinel = new Sentinel(options.HandOffBudget);
        _crews = new RingCrew[count];
        try
        {
            for (var i = 0; i < count; i++) _crews[i] = new RingCrew(i, options.Scheduling, _sentinel, reportFault);
        }
        catch
        {
            foreach (var crew in _crews) crew?.Loop.Dispose();
            throw;
        }

        foreach (var crew in _crews) crew.Start();
        if (options.Scheduling == RingScheduling.Inline) _sentinel.Start(_crews);
    }

    public UringTransportOptions Options { get; }

    public int Count => _crews.Length;

    public RingLoop this[int index] => _crews[index].Loop;

    /// <summary>How often a ring was taken from a worker, over all rings.</summary>
    public long HandOffs => _crews.Sum(static crew => crew.HandOffs);

    /// <summary>The ring with the fewest connections.</summary>
    public RingLoop LeastBusy()
    {
        var least = _crews[0].Loop;
        foreach (var crew in _crews)
        {
            if (Volatile.Read(ref crew.Loop.ConnectionCount) < Volatile.Read(ref least.ConnectionCount))
                least = crew.Loop;
        }

        return least;
    }

    /// <summary>Aborts what is still connected, stops the rings and gives their memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var crew in _crews) crew.Loop.Post(new StopWork());
        foreach (var crew in _crews) await crew.Stopped.ConfigureAwait(false);
        _sentinel.Dispose();
    }

    private sealed class StopWork : PostedWork
    {
        internal override void Run(RingLoop loop) => loop.Stop();
    }
}
