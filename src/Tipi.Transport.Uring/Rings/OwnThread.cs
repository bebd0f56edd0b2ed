namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A thread beside those of the runtime's pool: for a ring, and for whatever may block. Where the system gives none
/// (<c>pids.max</c> of the control group, <c>ulimit -u</c>, memory), the start says so instead of throwing: on a thread
/// where nobody catches it, that would end the process.
/// </summary>
/// <remarks>
/// Code of others runs on it, and may leave there what the next one must not meet; see <see cref="PutBack()"/>.
/// </remarks>
internal sealed class OwnThread
{
    /// <summary>What the runtime calls a thread of its pool.</summary>
    private const string PoolName = ".NET TP Worker";

    private static volatile bool s_interruptsHappen;

    [ThreadStatic]
    private static OwnThread? t_current;

    private readonly Thread _thread;
    private readonly string _name;
    private readonly Action<OwnThread> _run;
    private ExecutionContext? _clean;

    private OwnThread(string name, Action<OwnThread> run)
    {
        _name = name;
        _run = run;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    /// <summary>
    /// True once code of this process has left an interrupt behind: then it is looked for after each call.
    /// </summary>
    public static bool InterruptsHappen => s_interruptsHappen;

    public bool IsAlive => _thread.IsAlive;

    /// <summary>Starts a thread; null where the system gives none.</summary>
    public static OwnThread? TryStart(string name, Action<OwnThread> run)
    {
        var thread = new OwnThread(name, run);
        try
        {
            thread._thread.UnsafeStart();
            return thread;
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
        catch (ThreadStartException)
        {
            return null;
        }
    }

    /// <summary>Starts a thread that nothing goes on without.</summary>
    /// <exception cref="ThreadShortageException">The system gives none.</exception>
    public static OwnThread Start(string name, Action<OwnThread> run) =>
        TryStart(name, run) ?? throw new ThreadShortageException(name);

    /// <summary>
    /// Undoes what code that ran here has set: what the runtime's pool undoes too after each piece of work. To be
    /// called on this thread. Where nothing was set, some comparisons.
    /// </summary>
    public void PutBack()
    {
        PutBack(_thread, _name);
        // Culture, principal and activity are in it.
        if (!ReferenceEquals(ExecutionContext.Capture(), _clean)) ExecutionContext.Restore(_clean!);
    }

    /// <summary>
    /// The same within a piece of work that runs the code of several, on any thread, except for the execution context:
    /// the requests of a pipeline, or whatever the runtime's sockets complete at once.
    /// </summary>
    public static void PutBackCaller()
    {
        var thread = Thread.CurrentThread;
        if (t_current is { } own) PutBack(thread, own._name);
        else if (thread.IsThreadPoolThread) PutBack(thread, PoolName);
    }

    /// <summary>
    /// Takes an interrupt that no wait of the code that ran here has taken, before one of ours or of the next code
    /// does. For the calling thread. It costs more than a comparison, so not after each call unless
    /// <see cref="InterruptsHappen"/>.
    /// </summary>
    public static void TakeInterrupt()
    {
        try
        {
            Thread.CurrentThread.Join(0);
        }
        catch (ThreadInterruptedException)
        {
            s_interruptsHappen = true; // it was meant for code that has ended
        }
    }

    public void Join() => _thread.Join();

    public bool Join(TimeSpan patience) => _thread.Join(patience);

    private static void PutBack(Thread thread, string name)
    {
        if (thread.Priority != ThreadPriority.Normal) thread.Priority = ThreadPriority.Normal;
        if (!thread.IsBackground) thread.IsBackground = true;
        if (thread.Name != name) thread.Name = name;
        if (SynchronizationContext.Current is not null) SynchronizationContext.SetSynchronizationContext(null);
    }

    private void Run()
    {
        t_current = this;
        _clean = ExecutionContext.Capture();
        _run(this);
    }
}
