using System.Diagnostics.CodeAnalysis;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Workers that stand by. The one that came last is wanted first, so that it shows which are too many.
/// </summary>
internal sealed class SpareWorkers(int most)
{
    /// <summary>As many are kept for good: a call that is late now and then finds one.</summary>
    public const int Kept = 2;

    private readonly Lock _gate = new();
    private readonly RingWorker[] _workers = new RingWorker[most];
    private int _count;

    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _count == 0;
        }
    }

    public void Add(RingWorker worker)
    {
        lock (_gate) _workers[_count++] = worker;
    }

    public bool TryTake([NotNullWhen(true)] out RingWorker? worker)
    {
        lock (_gate)
        {
            worker = _count > 0 ? _workers[--_count] : null;
            return worker is not null;
        }
    }

    /// <summary>True unless it is one of those that are kept.</summary>
    public bool IsSurplus(RingWorker worker)
    {
        lock (_gate) return IndexOf(worker) is < 0 or >= Kept;
    }

    /// <summary>Takes this one out, where it stands by and is not needed.</summary>
    public bool TryTakeSurplus(RingWorker worker)
    {
        lock (_gate)
        {
            var index = IndexOf(worker);
            if (index < Kept) return false;
            _count--;
            Array.Copy(_workers, index + 1, _workers, index, _count - index);
            return true;
        }
    }

    private int IndexOf(RingWorker worker) => Array.IndexOf(_workers, worker, 0, _count);
}
