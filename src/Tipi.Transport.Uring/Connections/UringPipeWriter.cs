using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// What goes to the peer, written straight into the blocks that the kernel sends from.
/// </summary>
/// <remarks>
/// The blocks being filled are the writer's; a flush hands them to the connection's send queue. A flush waits only
/// while more is queued than the options allow:
/// <code>
///   0 nobody waits ──FlushAsync──► 1 a flush waits ──progress, cancel or end (CAS)──► 0, and the flush completes
/// </code>
/// The writer's side is used by one thread at a time (the pipe's contract); a waiting flush is part of that side.
/// </remarks>
internal sealed class UringPipeWriter(RingSocket socket, long maxQueued) : PipeWriter, IValueTaskSource<FlushResult>
{
    // Less room than this at the end of a block is not worth handing out when the caller has no wish.
    private const int LeastRoom = 128;

    private static readonly Action<object?> s_completeWait = static writer => ((UringPipeWriter)writer!).CompleteWait();
    private static readonly Action<object?> s_cancelWait =
        static writer => ((UringPipeWriter)writer!).OnTokenCanceled();

    private ManualResetValueTaskSourceCore<FlushResult> _wait;
    private CancellationTokenRegistration _registration;
    private Block? _newest;
    private Block? _oldest;
    private long _flushed;
    private long _unflushed;
    private int _waiting;
    private volatile bool _cancelRequested;
    private volatile bool _tokenCanceled;
    private volatile bool _ended;
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    // ---- the sending side ----

    /// <summary>Something was sent: a waiting flush may go on. Called by the ring's owner.</summary>
    public void OnProgress(RingLoop loop)
    {
        if (Volatile.Read(ref _waiting) == 1 && IsBelow(maxQueued / 2) && TryTakeWaiter())
            loop.Call(s_completeWait, this);
    }

    /// <summary>Nothing can be sent any more. From any thread.</summary>
    public void End()
    {
        _ended = true;
        WakeWaiter();
    }

    // ---- the writer's side ----

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        var block = GetBlock(sizeHint);
        return block.Array.AsMemory(block.End);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        var block = GetBlock(sizeHint);
        return block.Array.AsSpan(block.End);
    }

    public override void Advance(int bytes)
    {
        if (bytes == 0) return;
        if (_newest is not { } block || (uint)bytes > (uint)block.Room)
            throw new ArgumentOutOfRangeException(nameof(bytes));
        block.End += bytes;
        _unflushed += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        Publish();
        if (IsBelow(maxQueued) || _ended) return new ValueTask<FlushResult>(TakeResult());
        return WaitForRoom(cancellationToken);
    }

    public override ValueTask<FlushResult> WriteAsync(
        ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        var rest = source.Span;
        while (rest.Length > 0)
        {
            var span = GetSpan();
            var count = Math.Min(span.Length, rest.Length);
            rest[..count].CopyTo(span);
            Advance(count);
            rest = rest[count..];
        }

        return FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        _cancelRequested = true;
        WakeWaiter();
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        if (exception is null) Publish();
        _completed = true;
        DropUnflushed();
        if (exception is null) socket.OnWriterCompleted();
        else socket.Abort(AsAborted(exception));
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private bool IsBelow(long limit) => _flushed - socket.Sent <= limit;

    private Block GetBlock(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        if (_completed) ThrowCompleted();
        if (_newest is { } block && block.Room >= (sizeHint == 0 ? LeastRoom : sizeHint)) return block;
        return Extend(sizeHint);
    }

    private Block Extend(int sizeHint)
    {
        if (_newest is { Length: 0 } unused) Drop(unused);
        var block = BlockPool.Rent(sizeHint);
        block.Link = _newest;
        _newest = block;
        _oldest ??= block;
        return block;
    }

    private void Drop(Block newest)
    {
        _newest = newest.Link;
        if (_newest is null) _oldest = null;
        BlockPool.Return(newest);
    }

    private void Publish()
    {
        if (_completed) ThrowCompleted();
        if (_unflushed == 0) return;
        if (_ended)
        {
            // Nobody sends any more, so that nobody would ever take it from the queue.
            DropUnflushed();
            return;
        }
        if (_newest is { Length: 0 } unused) Drop(unused);
        _flushed += _unflushed;
        _unflushed = 0;
        var newest = _newest!;
        var oldest = _oldest!;
        _newest = null;
        _oldest = null;
        socket.Send(newest, oldest);
    }

    private void DropUnflushed()
    {
        _unflushed = 0;
        while (_newest is { } block) Drop(block);
    }

    private ValueTask<FlushResult> WaitForRoom(CancellationToken cancellationToken)
    {
        _wait.Reset();
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(s_cancelWait, this);
        // A full barrier: whoever sends, ends or cancels after it sees the waiter, what was before is seen here.
        Interlocked.Exchange(ref _waiting, 1);
        if ((IsBelow(maxQueued / 2) || _ended || _cancelRequested || _tokenCanceled) && TryTakeWaiter()) CompleteWait();
        return new ValueTask<FlushResult>(this, _wait.Version);
    }

    private bool TryTakeWaiter() => Interlocked.CompareExchange(ref _waiting, 0, 1) == 1;

    private void WakeWaiter()
    {
        Interlocked.MemoryBarrier();
        if (TryTakeWaiter()) socket.Loop.PostCall(s_completeWait, this);
    }

    private void CompleteWait()
    {
        var token = _registration.Token;
        _registration.Dispose();
        _registration = default;
        var tokenCanceled = _tokenCanceled;
        _tokenCanceled = false;
        if (tokenCanceled) _wait.SetException(new OperationCanceledException(token));
        else _wait.SetResult(TakeResult());
    }

    private FlushResult TakeResult()
    {
        var canceled = _cancelRequested;
        if (canceled) _cancelRequested = false;
        return new FlushResult(canceled, _ended);
    }

    private void OnTokenCanceled()
    {
        _tokenCanceled = true;
        WakeWaiter();
    }

    private static ConnectionAbortedException AsAborted(Exception exception) =>
        exception as ConnectionAbortedException ?? new ConnectionAbortedException(exception.Message, exception);

    private static void ThrowCompleted() =>
        throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
}
