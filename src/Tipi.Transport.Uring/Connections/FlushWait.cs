using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// A flush that waits for room in the send queue. Made for a writer when it first has to wait, since most never do, and
/// used again by the same writer.
/// </summary>
/// <remarks>
/// <code>
///   0 nobody waits ──Begin──► 1 a flush waits ──taken, by progress, cancel or end (CAS)──► 0, and the flush completes
/// </code>
/// Invariant: whoever takes the wait completes it, once.
/// </remarks>
internal sealed class FlushWait(UringPipeWriter writer, ConnectionMailbox mailbox) : IValueTaskSource<FlushResult>
{
    private static readonly Action<object?> s_complete = static wait => ((FlushWait)wait!).Resume();
    private static readonly Action<object?> s_goOn = static wait => ((FlushWait)wait!).Complete();
    private static readonly Action<object?> s_cancel = static wait => ((FlushWait)wait!).OnTokenCanceled();

    private ManualResetValueTaskSourceCore<FlushResult> _core;
    private CancellationTokenRegistration _registration;
    private int _waiting;
    private volatile bool _tokenCanceled;

    /// <summary>The token of the waiting flush was cancelled.</summary>
    public bool IsTokenCanceled => _tokenCanceled;

    public bool IsWaiting => Volatile.Read(ref _waiting) == 1;

    /// <summary>
    /// Begins to wait. A full barrier: whoever sends, ends or cancels after it sees the waiter; what was before is for
    /// the caller to look for.
    /// </summary>
    public ValueTask<FlushResult> Begin(CancellationToken cancellationToken)
    {
        _core.Reset();
        if (cancellationToken.CanBeCanceled) _registration = cancellationToken.UnsafeRegister(s_cancel, this);
        Interlocked.Exchange(ref _waiting, 1);
        return new ValueTask<FlushResult>(this, _core.Version);
    }

    /// <summary>Takes the wait, where somebody waits; the caller has to complete it.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _waiting, 0, 1) == 1;

    /// <summary>Takes and completes on the ring, as its owner.</summary>
    public void WakeOn(RingLoop owned)
    {
        if (TryTake()) owned.Call(s_complete, this);
    }

    /// <summary>Takes and completes from any thread.</summary>
    public void Wake()
    {
        if (TryTake()) mailbox.Loop.PostCall(s_complete, this);
    }

    /// <summary>Completes a wait that was taken: the flush goes on, on the calling thread.</summary>
    public void Complete()
    {
        var token = _registration.Token;
        _registration.Dispose();
        _registration = default;
        var canceled = _tokenCanceled;
        _tokenCanceled = false;
        if (canceled) _core.SetException(new OperationCanceledException(token));
        else _core.SetResult(writer.TakeResult());
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void Resume()
    {
        if (mailbox.Resumption is { } resumption) resumption.Resume(s_goOn, this);
        else Complete();
    }

    private void OnTokenCanceled()
    {
        _tokenCanceled = true;
        Wake();
    }
}
