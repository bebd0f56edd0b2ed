using System.Diagnostics;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Operations;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// A ring at work: its turn, and all that belongs to the ring rather than to the thread that happens to run it.
/// </summary>
/// <remarks>
/// One turn: run what was posted → one system call that submits all and waits → take the completions in → call those
/// who waited for them, one after the other, each inside the baton, so that a call that holds the ring too long loses
/// it. What is left of the turn is state of this object, and the next owner goes on with it.
/// Invariant: every member but <see cref="Post"/>, <see cref="PostCall"/>, <see cref="IsOwnedHere"/> and the counters
/// is used by the owner only.
/// </remarks>
internal sealed class RingLoop : IDisposable
{
    // A turn's calls: enough to fill one system call with answers, few enough that the first answer does not wait
    // for the last handler.
    private const int CallsPerTurn = 64;

    // Completions taken in a turn; what is left stays in the queue.
    private const int CompletionsPerTurn = 512;

    // Added to the count of connections where no more may come.
    private const int Repellent = 1 << 30;

    private static readonly List<RingLoop> s_abandoned = [];

    private readonly PostQueue _posts = new();
    private readonly Queue<RingCall> _calls = new();
    private readonly Stack<SendOperation> _sends = new();
    private readonly Action<Exception> _reportFault;
    private RingScheduling _scheduling;
    private readonly WakeOperation _wake;
    private readonly EventFd _eventFd;
    private PostedWork? _postsLeft;
    private Cqe[] _completions = new Cqe[CompletionsPerTurn];
    private int _completionCount;
    private int _inFlight;
    private int _asleep;

    public RingLoop(int number, RingScheduling scheduling, int worker, Sentinel sentinel, Action<Exception> reportFault)
    {
        Number = number;
        Baton = new Baton(worker);
        Sentinel = sentinel;
        _scheduling = scheduling;
        _reportFault = reportFault;
        var errno = Ring.TryCreate(Ring.DefaultSubmissions, out var ring);
        if (ring is null) throw ErrnoTranslation.ToIOException("io_uring_setup", errno);
        Ring = ring;
        try
        {
            Buffers = new BufferRing(ring);
            _eventFd = EventFd.Create();
        }
        catch
        {
            Buffers?.Dispose();
            ring.Dispose();
            throw;
        }

        _wake = new WakeOperation(_eventFd.Descriptor);
        Operations.Admit(_wake);
    }

    public int Number { get; }

    public Baton Baton { get; }

    public Ring Ring { get; }

    public BufferRing Buffers { get; }

    public OperationTable Operations { get; } = new();

    public Sentinel Sentinel { get; }

    /// <summary>The number of the worker who owns the ring. Meaningful to the owner.</summary>
    public int OwnerNumber { get; private set; }

    /// <summary>Connections that live on this ring; listeners send new ones where the fewest are.</summary>
    public int ConnectionCount;

    public bool IsStopping { get; private set; }

    /// <summary>Turns since the start; for tests and counters.</summary>
    public long Turns { get; private set; }

    /// <summary>Requests that the kernel has not ended.</summary>
    public int InFlight => _inFlight;

    /// <summary>True when the calling thread owns this ring at this moment.</summary>
    public bool IsOwnedHere => RingWorker.Current is { } worker && ReferenceEquals(worker.Loop, this)
        && Baton.IsHeldBy(worker.Number);

    /// <summary>Turns until the ring is taken away (false) or has stopped with nothing in flight (true).</summary>
    public bool Run(RingWorker worker)
    {
        OwnerNumber = worker.Number;
        if (!_wake.IsInFlight && !IsStopping) _wake.Start(this);
        while (true)
        {
            Turns++;
            if (!RunCalls()) return false;
            RunPosts();
            if (IsStopping && HasStopped()) return true;
            EnterKernel();
            TakeCompletions();
        }
    }

    /// <summary>
    /// Asks for something from any thread. The ring is woken where it sleeps; where it has stopped, the work is
    /// refused.
    /// </summary>
    public void Post(PostedWork work)
    {
        if (!_posts.TryPush(work)) work.Refuse(this);
        else if (!IsOwnedHere) WakeUp();
    }

    /// <summary>Has code called on the ring's thread, from any thread.</summary>
    /// <remarks>
    /// Also on the ring's own thread it goes through the queue: code that is called there may lose the ring between any
    /// two instructions, and with it the right to touch what the owner alone uses.
    /// </remarks>
    public void PostCall(Action<object?> callback, object? state) => Post(PostedCall.Of(callback, state));

    /// <summary>Has code called that waited for something of this ring, where the options say.</summary>
    public void Call(Action<object?> callback, object? state)
    {
        if (_scheduling == RingScheduling.Inline) _calls.Enqueue(new RingCall(callback, state));
        else CallOnPool(callback, state);
    }

    /// <summary>A free submission entry; submits what is queued where there is none.</summary>
    public unsafe Sqe* NextEntry()
    {
        // Safe: the entry lies in the ring's mapping, and is the caller's until the next submission.
        Sqe* entry;
        while ((entry = Ring.Submissions.TryTake()) is null) EnterKernel(wait: false);
        _inFlight++;
        return entry;
    }

    public SendOperation LendSend()
    {
        if (_sends.TryPop(out var send)) return send;
        send = new SendOperation();
        Operations.Admit(send);
        return send;
    }

    public void TakeBack(SendOperation send) => _sends.Push(send);

    /// <summary>Aborts the connections; when they are closed, the ring stops turning. Called by the owner.</summary>
    public void Stop()
    {
        IsStopping = true;
        foreach (var accept in Operations.All<AcceptOperation>()) accept.StopAccepting();
        foreach (var connect in Operations.All<ConnectOperation>()) connect.Cancel(this);
        foreach (var receive in Operations.All<ReceiveOperation>()) receive.AbortConnection();
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
        lock (s_abandoned) s_abandoned.Add(this);
        do
        {
            while (_postsLeft is { } work)
            {
                _postsLeft = work.NextPosted;
                work.Refuse(this);
            }

            _postsLeft = _posts.TakeAll();
        }
        while (_postsLeft is not null || !_posts.TryClose());
        while (_calls.TryDequeue(out var call)) CallOnPool(call.Callback, call.State);
        foreach (var operation in Operations.All<Operation>()) operation.Abandon(this, fault);
        Interlocked.Add(ref ConnectionCount, Repellent);
        Ring.Dispose();
        _eventFd.Dispose();
    }

    public void Dispose()
    {
        Buffers.Dispose();
        foreach (var send in _sends) send.Release();
        _wake.Release();
        Ring.Dispose();
        _eventFd.Dispose();
    }

    // The wake-up goes last: closing may need other threads to say something first.
    private bool HasStopped()
    {
        if (_calls.Count > 0 || !_posts.IsEmpty || Volatile.Read(ref ConnectionCount) > 0) return false;
        if (_inFlight == 1 && _wake.IsInFlight) _wake.Cancel(this);
        return _inFlight == 0 && _posts.TryClose();
    }

    private void RunPosts()
    {
        _postsLeft = _posts.TakeAll();
        while (_postsLeft is { } work)
        {
            _postsLeft = work.NextPosted;
            work.Run(this);
        }
    }

    private bool RunCalls()
    {
        for (var i = 0; i < CallsPerTurn && _calls.TryDequeue(out var call); i++)
        {
            var inside = Baton.Enter();
            Sentinel.SeeEntered();
            Invoke(call);
            if (!Baton.TryLeave(inside)) return false;
        }

        return true;
    }

    // An exception that nobody catches on the pool would end the process.
    public void CallOnPool(Action<object?> callback, object? state) => ThreadPool.UnsafeQueueUserWorkItem(
        static call => call.Loop.Invoke(call.Call),
        (Loop: this, Call: new RingCall(callback, state)),
        preferLocal: false);

    // What waits for the transport are state machines, which keep their exceptions; a bare callback's is reported.
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
            _reportFault(e);
        }
    }

    private void EnterKernel()
    {
        Buffers.Publish();
        if (_calls.Count > 0 || _completionCount > 0 || !_posts.IsEmpty)
        {
            if (Ring.Submissions.Publish() > 0 || Ring.Submissions.NeedsEnter) EnterKernel(wait: false);
            return;
        }

        // Either the poster sees that we sleep, or we see what was posted.
        Volatile.Write(ref _asleep, 1);
        Barriers.Full();
        EnterKernel(wait: _posts.IsEmpty);
        Volatile.Write(ref _asleep, 0);
    }

    private void EnterKernel(bool wait)
    {
        var answer = Ring.Enter(wait ? 1u : 0u);
        if (answer >= 0) return;
        var errno = (Errno)(-answer);
        // EBUSY: the kernel keeps completions that found no room; it takes nothing more until some are fetched.
        if (errno is Errno.EBUSY or Errno.EAGAIN) FetchCompletions();
        else if (errno is not Errno.EINTR) throw ErrnoTranslation.ToIOException("io_uring_enter", errno);
    }

    private void TakeCompletions()
    {
        FetchCompletions();
        for (var i = 0; i < _completionCount; i++)
        {
            var completion = _completions[i];
            if (!completion.HasMore) _inFlight--;
            Debug.Assert(_inFlight >= 0, "more final completions than submissions");
            if (completion.UserData == 0) continue;
            if (Operations.Find(completion.UserData) is { } operation) operation.Complete(this, completion);
            else if (completion.HasBuffer) Buffers.Untouched(completion.BufferId);
        }

        _completionCount = 0;
    }

    private void FetchCompletions()
    {
        if (_completions.Length - _completionCount < CompletionsPerTurn)
            Array.Resize(ref _completions, _completions.Length * 2);
        _completionCount += Ring.Completions.Drain(_completions.AsSpan(_completionCount, CompletionsPerTurn));
    }

    private void WakeUp()
    {
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1) _eventFd.Signal();
    }
}
