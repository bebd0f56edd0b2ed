using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// What goes to the peer, written straight into the blocks that the kernel sends from.
/// </summary>
/// <remarks>
/// The blocks being filled are the writer's; a flush hands them to the connection's send queue. A flush waits only
/// while more is queued than the options allow, see <see cref="FlushWait"/>. The writer's side is used by one thread at
/// a time (the pipe's contract); a waiting flush is part of that side.
/// </remarks>
internal sealed class UringPipeWriter(ConnectionMailbox mailbox, SendQueue sends, long maxQueued) : PipeWriter
{
    // Less room than this at the end of a block is not worth handing out when the caller has no wish.
    private const int LeastRoom = 128;

    // More than this has nothing to gain from what may come behind it.
    private const int MostDeferred = 16 * 1024;

    private FlushWait? _wait;
    private Block? _newest;
    private Block? _oldest;
    private long _flushed;
    private long _unflushed;
    private volatile bool _cancelRequested;
    private volatile bool _ended;
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed;

    // ---- the sending side ----

    /// <summary>Something was sent: a waiting flush may go on. Called by the ring's owner.</summary>
    public void OnProgress(RingLoop loop) => WaitThatMayEnd?.WakeOn(loop);

    /// <summary>A waiting flush may go on. From any thread, after a full barrier.</summary>
    public bool HasWaitThatMayEnd => WaitThatMayEnd is not null;

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
        if (exception is null) mailbox.Leave(ConnectionWish.Finish);
        else mailbox.Abort(AsAborted(exception));
    }

    /// <summary>What a flush that completes now answers.</summary>
    public FlushResult TakeResult()
    {
        var canceled = _cancelRequested;
        if (canceled) _cancelRequested = false;
        return new FlushResult(canceled, _ended);
    }

    private FlushWait? WaitThatMayEnd =>
        Volatile.Read(ref _wait) is { IsWaiting: true } wait && IsBelow(maxQueued / 2) ? wait : null;

    private bool IsBelow(long limit) => _flushed - sends.Sent <= limit;

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
        sends.Send(newest, oldest, mayDefer: IsBelow(Math.Min(maxQueued, MostDeferred)));
    }

    private void DropUnflushed()
    {
        _unflushed = 0;
        while (_newest is { } block) Drop(block);
    }

    private ValueTask<FlushResult> WaitForRoom(CancellationToken cancellationToken)
    {
        var wait = _wait ??= new FlushWait(this, mailbox);
        var flush = wait.Begin(cancellationToken);
        if ((IsBelow(maxQueued / 2) || _ended || _cancelRequested || wait.IsTokenCanceled) && wait.TryTake())
            wait.Complete();
        return flush;
    }

    private void WakeWaiter()
    {
        Barriers.Full();
        _wait?.Wake();
    }

    private static ConnectionAbortedException AsAborted(Exception exception) =>
        exception as ConnectionAbortedException ?? new ConnectionAbortedException(exception.Message, exception);

    private static void ThrowCompleted() =>
        throw new InvalidOperationException("Writing is not allowed after the writer was completed.");
}
