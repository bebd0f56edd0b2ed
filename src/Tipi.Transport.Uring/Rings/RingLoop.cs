namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A ring at work: its turn, and all that belongs to the ring rather than to the thread that happens to run it.
/// </summary>
/// <remarks>
/// One turn: run what was posted → one system call that submits all and waits → take the completions in → call those
/// who waited for them, one after the other, each inside the baton, so that a call that holds the ring too long loses
/// it. What is left of the turn is state of this object, and the next owner goes on with it.
/// Invariant: every member but <see cref="Post"/>, <see cref="PostCall"/>, <see cref="IsOwnedHere"/>,
/// <see cref="Pulse"/> and the counters is used by the owner only.
/// What the turn needs memory for and cannot do without waits until there is some, see <see cref="Shortage"/>; a
/// connection that needs memory to begin is dropped.
/// </remarks>
internal sealed class RingLoop : IDisposable
{
    // A turn's calls: enough to fill one system call with answers, few enough that the first answer does not wait
    // for the last handler.
    private const int CallsPerTurn = 64;

    // Added to the count of connections where no more may come.
    private const int Repellent = 1 << 30;

    private static readonly List<RingLoop> s_abandoned = [];

    private readonly PostQueue _posts = new();
    private readonly CallQueue _calls = new();
    private RingScheduling _scheduling;
    private readonly WakeOperation _wake;
    private readonly EventFd _eventFd;
    private PostedWork? _postsLeft;
    private int _asleep;

    /// <exception cref="IOException">The kernel refuses the ring.</exception>
    public RingLoop(int number, int worker, RingSetup setup)
    {
        Number = number;
        Baton = new Baton(worker);
        Sentinel = setup.Sentinel;
        if (setup.Scheduling == RingScheduling.Inline && Sentinel.IsPrompt) Deferred = new DeferredBatch(this);
        _scheduling = setup.Scheduling;
        Reports = setup.Reports;
        Kernel = new KernelDoor(setup.Size, setup.Reports, Pulse);
        try
        {
            _eventFd = EventFd.Create();
        }
        catch
        {
            Kernel.Dispose();
            throw;
        }

        TakeOver = new TakeOver(Kernel, Operations);
        Idle = new IdleOperations(Operations);
        _wake = new WakeOperation(_eventFd.Descriptor);
        Operations.Admit(_wake);
    }

    public int Number { get; }

    public Baton Baton { get; }

    /// <summary>What operations ask the kernel by.</summary>
    public KernelDoor Kernel { get; }

    public OperationTable Operations { get; } = new();

    /// <summary>Operations that are lent for one request. Of one kind: the connections' sends.</summary>
    public IdleOperations Idle { get; }

    public Sentinel Sentinel { get; }

    /// <summary>Where the pool's threads defer work; null where no sentinel looks often enough.</summary>
    public DeferredBatch? Deferred { get; }

    public ReportQueue<RingReport> Reports { get; }

    /// <summary>Whether the ring turns; asked by <see cref="Ask"/>.</summary>
    public RingPulse Pulse { get; } = new();

    public TakeOver TakeOver { get; }

    /// <summary>Connections that live on this ring; listeners send new ones where the fewest are.</summary>
    public int ConnectionCount;

    public bool IsStopping { get; private set; }

    /// <summary>Turns since the start; for tests and counters.</summary>
    public long Turns => Baton.Turns;

    /// <summary>Requests that the kernel has not ended.</summary>
    public int InFlight => Kernel.InFlight;

    /// <summary>True when the calling thread owns this ring at this moment.</summary>
    public bool IsOwnedHere => RingWorker.Current is { } worker && worker.Holds(Baton);

    /// <summary>Turns until the ring is taken away (false) or has stopped with nothing in flight (true).</summary>
    public bool Run(RingWorker worker)
    {
        Kernel.OwnerNumber = worker.Number;
        TakeOver.Begin();
        if (_wake.IsHeldByOther(Kernel)) _wake.Restart(Kernel);
        else if (!_wake.IsInFlight && !IsStopping) _wake.Start(Kernel);
        while (true)
        {
            Baton.BeginTurn();
            if (!RunCalls(worker.Thread)) return false;
            RunPosts();
            if (IsStopping && HasStopped()) return true;
            TakeOver.Continue();
            EnterKernel();
            TakeCompletions();
            Kernel.PauseIfShort();
        }
    }

    /// <summary>
    /// Asks for something from any thread. The ring is woken where it sleeps; where it has stopped, the work is
    /// refused.
    /// </summary>
    public void Post(PostedWork work)
    {
        if (!_posts.TryPush(work)) work.Refuse();
        else if (!IsOwnedHere) WakeUp();
    }

    /// <summary>Has code called on the ring's thread, from any thread.</summary>
    /// <remarks>
    /// Also on the ring's own thread it goes through the queue: code that is called there may lose the ring between any
    /// two instructions, and with it the right to touch what the owner alone uses.
    /// </remarks>
    public void PostCall(Action<object?> callback, object? state) => Post(
        Shortage.Outlast(
            static at => PostedCall.Of(at.Loop, at.Callback, at.State),
            (Loop: this, Callback: callback, State: state)));

    /// <summary>Asks whether the ring turns, unless a question is open. From any thread.</summary>
    public void Ask()
    {
        if (Pulse.TryAsk()) Post(Pulse);
    }

    /// <summary>Has code called that waited for something of this ring, where the options say.</summary>
    public void Call(Action<object?> callback, object? state)
    {
        if (_scheduling == RingScheduling.Inline) Enqueue(new RingCall(callback, state));
        else CallOnPool(callback, state);
    }

    /// <summary>
    /// Asks all operations to stop; when the connections are closed, the ring stops turning. Called by the owner.
    /// </summary>
    public void Stop()
    {
        IsStopping = true;
        for (var slot = 0; slot < Operations.End; slot++) Operations.At(slot)?.Stop(Kernel);
    }

    /// <summary>
    /// The ring cannot go on: fails what lives on it, and closes it. Called in place of <see cref="Dispose"/> by the
    /// last owner, whatever the ring was doing.
    /// </summary>
    /// <remarks>
    /// Safe: the kernel ends what is in flight some time after the ring is closed, and may use the memory until then;
    /// so buffers, blocks and operations are kept for good, and no block goes back to the pool.
    /// </remarks>
    public void Abandon(Exception fault)
    {
        IsStopping = true;
        _scheduling = RingScheduling.ThreadPool; // nobody turns here any more
        Shortage.Outlast(static loop => Keep(loop), this);
        DiscardCompletions();
        do
        {
            while (_postsLeft is { } work)
            {
                _postsLeft = work.NextPosted;
                work.Refuse();
            }

            _postsLeft = _posts.TakeAll();
        }
        while (_postsLeft is not null || !_posts.TryClose());
        while (_calls.TryDequeue(out var call)) CallOnPool(call.Callback, call.State);
        for (var slot = 0; slot < Operations.End; slot++) Operations.At(slot)?.Abandon(fault);
        Interlocked.Add(ref ConnectionCount, Repellent);
        Kernel.Ring.Dispose();
        _eventFd.Dispose();
    }

    public void Dispose()
    {
        if (Kernel.DisownedCount == 0) _wake.Release();
        else Keep(this); // what sleeping threads have in flight may use the memory until they wake
        Kernel.Dispose();
        _eventFd.Dispose();
    }

    // The wake-up goes last: closing may need other threads to say something first.
    private bool HasStopped()
    {
        if (_calls.Count > 0 || !_posts.IsEmpty || Volatile.Read(ref ConnectionCount) > 0) return false;
        // What was disowned ends when its thread wakes, and does nothing until then.
        var left = InFlight - Kernel.DisownedCount;
        if (left == 1 && _wake.IsInFlight) _wake.Cancel(Kernel);
        return left == 0 && _posts.TryClose();
    }

    private void RunPosts()
    {
        _postsLeft = _posts.TakeAll();
        while (_postsLeft is { } work)
        {
            _postsLeft = work.NextPosted;
            work.Run();
        }
    }

    private bool RunCalls(OwnThread thread)
    {
        var ran = false;
        for (var i = 0; i < CallsPerTurn && _calls.TryDequeue(out var call); i++)
        {
            var inside = Baton.Enter();
            Sentinel.SeeEntered();
            Invoke(call);
            thread.PutBack();
            if (OwnThread.InterruptsHappen) OwnThread.TakeInterrupt();
            if (!Baton.TryLeave(inside)) return false;
            ran = true;
        }

        if (ran) OwnThread.TakeInterrupt();
        return true;
    }

    // An exception that nobody catches on the pool would end the process.
    public void CallOnPool(Action<object?> callback, object? state) => Shortage.Outlast(
        static call => ThreadPool.UnsafeQueueUserWorkItem(
            static call => call.Loop.Invoke(call.Call), call, preferLocal: false),
        (Loop: this, Call: new RingCall(callback, state)));

    private void Enqueue(in RingCall call)
    {
        try
        {
            _calls.Enqueue(call);
        }
        catch (OutOfMemoryException)
        {
            Shortage.Outlast(static at => at.Calls.Enqueue(at.Call), (Calls: _calls, Call: call));
        }
    }

    // What waits for the transport are state machines, which keep their exceptions; a bare callback's is reported.
    // Never throws: who calls has to leave the baton behind it.
    private void Invoke(in RingCall call)
    {
        try
        {
            call.Callback(call.State);
        }
#pragma warning disable CA1031 // whatever it is, it must not end the ring
        catch (Exception e)
#pragma warning restore CA1031
        {
            Reports.Add(new RingReport(RingEvent.CallbackFailed, e));
        }
    }

    private void EnterKernel()
    {
        Kernel.Buffers.Publish();
        if (_calls.Count > 0 || Kernel.HasCompletions || TakeOver.IsUnfinished || !_posts.IsEmpty || Pulse.IsHeard)
        {
            var submissions = Kernel.Ring.Submissions;
            if (submissions.Publish() > 0 || submissions.NeedsEnter || Pulse.IsHeard) Kernel.Enter(wait: false);
            return;
        }

        // Either the poster sees that we sleep, or we see what was posted.
        Volatile.Write(ref _asleep, 1);
        Barriers.Full();
        Kernel.Enter(wait: _posts.IsEmpty);
        Volatile.Write(ref _asleep, 0);
    }

    private void TakeCompletions()
    {
        Kernel.Fetch();
        while (Kernel.TryTake(out var completion))
        {
            if (completion.UserData == 0) continue;
            if (Operations.Find(completion.UserData) is { } operation) operation.Complete(Kernel, completion);
            else TakeOver.Complete(completion);
        }
    }

    private void DiscardCompletions()
    {
        Kernel.Ring.CancelAll();
        do
        {
            while (Kernel.TryTake(out var completion)) Operations.Find(completion.UserData)?.Discard(completion);
        }
        while (Kernel.Fetch());
    }

    private static void Keep(RingLoop abandoned)
    {
        lock (s_abandoned) s_abandoned.Add(abandoned);
    }

    private void WakeUp()
    {
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1) _eventFd.Signal();
    }
}
