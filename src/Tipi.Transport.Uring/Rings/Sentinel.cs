namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Watches the rings and takes each away from a worker who stays in one call past the budget.
/// </summary>
/// <remarks>
/// It looks twice a budget and acts on the third sight of the same call, so a pause of the whole process (garbage
/// collection, a stopped container) counts as one look and blames nobody. While no ring is in a call it sleeps.
/// </remarks>
internal sealed class Sentinel : IDisposable
{
    // Looks that saw no call before it goes to sleep: waking it costs the ring a system call.
    private const int IdleLooksBeforeSleep = 25;

    private readonly TimeSpan _interval;
    private readonly ManualResetEventSlim _awake = new(true);
    private readonly Thread _thread;
    private RingWatch[] _watches = [];
    private volatile bool _stopping;
    private int _sleeping;

    public Sentinel(TimeSpan budget)
    {
        // Whole milliseconds, and never none: a sleep knows no less, and would become a busy loop.
        _interval = TimeSpan.FromMilliseconds(Math.Ceiling(budget.TotalMilliseconds / RingWatch.LooksPerBudget));
        _thread = new Thread(Run) { IsBackground = true, Name = "tipi-sentinel" };
    }

    public void Start(RingCrew[] crews)
    {
        _watches = [.. crews.Select(crew => new RingWatch(crew, _interval))];
        _thread.UnsafeStart();
    }

    /// <summary>Called by a ring's owner whenever it has entered a call.</summary>
    public void SeeEntered()
    {
        // Plain order is enough here: going to sleep pays for both sides, see GoToSleep.
        if (Volatile.Read(ref _sleeping) != 0) WakeUp();
    }

    public void Dispose()
    {
        _stopping = true;
        _awake.Set();
        if (_thread.IsAlive) _thread.Join();
        _awake.Dispose();
    }

    private void WakeUp()
    {
        if (Interlocked.Exchange(ref _sleeping, 0) != 0) _awake.Set();
    }

    private void Run()
    {
        var idleLooks = 0;
        while (!_stopping)
        {
            Thread.Sleep(_interval);
            idleLooks = Look() ? 0 : idleLooks + 1;
            if (idleLooks < IdleLooksBeforeSleep) continue;
            GoToSleep();
            idleLooks = 0;
        }
    }

    // True where some ring is in a call.
    private bool Look()
    {
        var any = false;
        foreach (var watch in _watches) any |= watch.Look();
        return any;
    }

    private void GoToSleep()
    {
        _awake.Reset();
        Volatile.Write(ref _sleeping, 1);
        // A ring may have entered a call without seeing that we sleep: its store could still be on its way. This
        // makes every processor's stores visible, so that rings need no barrier of their own on each call.
        Interlocked.MemoryBarrierProcessWide();
        if (_stopping || Look()) WakeUp();
        else _awake.Wait();
    }
}
