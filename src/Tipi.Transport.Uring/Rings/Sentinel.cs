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
    public const int LooksPerBudget = 2;

    // Looks that saw no call before it goes to sleep: waking it costs the ring a system call.
    private const int IdleLooksBeforeSleep = 25;

    private static readonly TimeSpan s_promptInterval = TimeSpan.FromMilliseconds(10);

    private readonly ManualResetEventSlim _awake = new(true);
    private readonly ManualResetEventSlim _stop = new(false, spinCount: 0);
    private OwnThread? _thread;
    private Func<bool>[] _looks = [];
    private int _sleeping;

    public Sentinel(TimeSpan budget)
    {
        // Whole milliseconds, and never none: a sleep knows no less, and would become a busy loop.
        Interval = TimeSpan.FromMilliseconds(Math.Ceiling(budget.TotalMilliseconds / LooksPerBudget));
    }

    /// <summary>The time between two looks.</summary>
    public TimeSpan Interval { get; }

    /// <summary>Looks often enough that somebody may wait for it who must not notice.</summary>
    public bool IsPrompt => Interval <= s_promptInterval;

    /// <param name="looks">For each ring a look at it, which is true where the ring is in a call.</param>
    /// <exception cref="ThreadShortageException">The system gives no thread.</exception>
    public void Start(Func<bool>[] looks)
    {
        _looks = looks;
        _thread = OwnThread.Start("tipi-sentinel", Run);
    }

    /// <summary>Watches a ring in place of the one that had its number.</summary>
    public void Watch(int ring, Func<bool> look) => _looks[ring] = look;

    /// <summary>Called by a ring's owner whenever it has entered a call.</summary>
    public void SeeEntered()
    {
        // Plain order is enough here: going to sleep pays for both sides, see GoToSleep.
        if (Volatile.Read(ref _sleeping) != 0) WakeUp();
    }

    public void Dispose()
    {
        _stop.Set();
        _awake.Set();
        _thread?.Join();
        _awake.Dispose();
        _stop.Dispose();
    }

    private void WakeUp()
    {
        if (Interlocked.Exchange(ref _sleeping, 0) != 0) _awake.Set();
    }

    private void Run(OwnThread thread)
    {
        var idleLooks = 0;
        while (!_stop.Wait(Interval))
        {
            idleLooks = Look() ? 0 : idleLooks + 1;
            if (idleLooks < IdleLooksBeforeSleep) continue;
            GoToSleep();
            idleLooks = 0;
        }
    }

    // True where some ring is in a call.
    private bool Look()
    {
        try
        {
            var any = false;
            foreach (var look in _looks) any |= look();
            return any;
        }
        catch (OutOfMemoryException)
        {
            return true; // looked at again; on this thread it would end the process
        }
    }

    private void GoToSleep()
    {
        _awake.Reset();
        Volatile.Write(ref _sleeping, 1);
        // A ring may have entered a call without seeing that we sleep: its store could still be on its way. This
        // makes every processor's stores visible, so that rings need no barrier of their own on each call.
        Interlocked.MemoryBarrierProcessWide();
        if (_stop.IsSet || Look()) WakeUp();
        else _awake.Wait();
    }
}
