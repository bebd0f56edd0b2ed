using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>The rings of one transport, one a processor, with the sentinel that watches them.</summary>
/// <remarks>
/// <code>
///   at work ──fails──► replaced, with the listeners' accepts ──► at work
///                └── the third time in ten minutes ──► given up: the host is to stop
/// </code>
/// </remarks>
internal sealed class RingGroup : IAsyncDisposable
{
    // A log that blocks must not keep the rings from being stopped.
    private static readonly TimeSpan s_reportPatience = TimeSpan.FromSeconds(1);

    // Where the system is short of what a new ring needs, it is asked again after this time.
    private static readonly TimeSpan s_replacePause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly List<Action<int, RingLoop>> _followers = [];
    private readonly RingFailures _failures = new();
    private readonly Action? _giveUp;
    private readonly Sentinel _sentinel;
    private readonly RingSetup _setup;
    private readonly RingCrew[] _crews;
    private bool _isStopping;

    /// <param name="options">Checked already.</param>
    /// <param name="report">Writes a report; called on the thread pool, once at a time. It may throw and block.</param>
    /// <param name="giveUp">
    /// Called when rings fail again and again, on the thread of the last one. It must neither throw nor block.
    /// </param>
    /// <exception cref="IOException">The kernel refuses a ring.</exception>
    /// <exception cref="ThreadShortageException">The system gives no thread for a ring.</exception>
    public RingGroup(UringTransportOptions options, Action<RingReport> report, Action? giveUp = null)
    {
        Options = options;
        Reports = new ReportQueue<RingReport>(report);
        _giveUp = giveUp;
        _sentinel = new Sentinel(options.HandOffBudget);
        var creation = new RingCreation(options, _sentinel, Reports, Replace);
        _crews = OwnCall<RingCrew[]>.Begin("tipi-rings", creation.Create).End();
        _setup = creation.Setup!;
        Start();
    }

    public UringTransportOptions Options { get; }

    public ReportQueue<RingReport> Reports { get; }

    public int Count => _crews.Length;

    public RingLoop this[int index] => _crews[index].Loop;

    /// <summary>How often a ring was taken from a worker, over all rings.</summary>
    public long HandOffs => _crews.Sum(static crew => crew.HandOffs);

    /// <summary>The longest time for which a ring has not answered <see cref="Ask"/>; zero where all have.</summary>
    public TimeSpan Silence => _crews.Max(static crew => crew.Loop.Pulse.Silence);

    /// <summary>Asks each ring whether it turns.</summary>
    public void Ask()
    {
        foreach (var crew in _crews) crew.Loop.Ask();
    }

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

    /// <summary>
    /// Has something begun on each ring: now, and later on each that takes the place of one that failed.
    /// </summary>
    public void Follow(Action<int, RingLoop> begin)
    {
        lock (_gate)
        {
            _followers.Add(begin);
            for (var i = 0; i < _crews.Length; i++) begin(i, _crews[i].Loop);
        }
    }

    public void Unfollow(Action<int, RingLoop> begin)
    {
        lock (_gate) _followers.Remove(begin);
    }

    /// <summary>Aborts what is still connected, stops the rings and gives their memory back.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate) _isStopping = true;
        foreach (var crew in _crews) crew.Loop.Post(new StopWork(crew.Loop));
        foreach (var crew in _crews) await crew.Stopped.ConfigureAwait(false);
        _sentinel.Dispose();
        await Task.WhenAny(Reports.WhenWritten(), Task.Delay(s_reportPatience)).ConfigureAwait(false);
    }

    private void Start()
    {
        var started = 0;
        try
        {
            for (; started < _crews.Length; started++) _crews[started].Start();
            if (_setup.Scheduling == RingScheduling.Inline) _sentinel.Start([.. _crews.Select(NewLook)]);
        }
        catch
        {
            _isStopping = true;
            for (var i = 0; i < _crews.Length; i++)
            {
                if (i < started) _crews[i].Loop.Post(new StopWork(_crews[i].Loop));
                else _crews[i].Loop.Dispose();
            }

            throw;
        }
    }

    // On the last thread of the ring that has failed, which has nothing else to do.
    private void Replace(RingCrew failed, Exception fault)
    {
        while (MayReplace())
        {
            try
            {
                if (TryReplace(failed)) return;
            }
#pragma warning disable CA1031 // on this thread it would end the process
            catch (Exception e)
#pragma warning restore CA1031
            {
                fault = e;
            }
        }

        lock (_gate)
        {
            if (_isStopping) return;
        }

        Reports.Add(new RingReport(RingEvent.RingsGivenUp, fault));
        _giveUp?.Invoke();
    }

    private bool MayReplace()
    {
        lock (_gate) return !_isStopping && _failures.TryTake(Environment.TickCount64);
    }

    // A shortage is waited out: it is no failure of the new ring.
    private bool TryReplace(RingCrew failed)
    {
        while (true)
        {
            try
            {
                lock (_gate) ReplaceNow(failed);
                return true;
            }
            catch (Exception e) when (ErrnoTranslation.IsShortage(e) || e is ThreadShortageException)
            {
                Thread.Sleep(s_replacePause);
            }
        }
    }

    private void ReplaceNow(RingCrew failed)
    {
        if (_isStopping) return;
        var number = failed.Loop.Number;
        var crew = new RingCrew(number, _setup, Replace);
        try
        {
            if (_setup.Scheduling == RingScheduling.Inline) _sentinel.Watch(number, NewLook(crew));
            crew.Start();
        }
        catch
        {
            crew.Loop.Dispose();
            throw;
        }

        _crews[number] = crew;
        foreach (var begin in _followers)
            Shortage.Outlast(static at => at.begin(at.number, at.crew.Loop), (begin, number, crew));
        Reports.Add(new RingReport(RingEvent.RingReplaced, Detail: number));
    }

    private Func<bool> NewLook(RingCrew crew)
    {
        var watch = new RingWatch(crew, _sentinel.Interval);
        return () => watch.Look() | crew.Loop.Deferred?.Look() == true;
    }

    private sealed class StopWork(RingLoop loop) : PostedWork
    {
        internal override void Run() => loop.Stop();
    }
}
