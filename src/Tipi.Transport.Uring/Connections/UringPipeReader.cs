using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// What the peer sent, read straight from the blocks that the kernel received into.
/// </summary>
/// <remarks>
/// Two sides meet in one word, <c>_inbox</c>: the ring, which adds blocks, and the reader, which takes them all.
/// <code>
///   null      nothing new, nobody waits
///   a block   the newest of the blocks received since the reader last looked (linked to older ones)
///   Waiting   a read waits; whoever replaces this completes the read
/// </code>
/// Invariant: a block has one owner: the ring until it is in the inbox, the reader once it has taken the inbox. The
/// reader's side is used by one thread at a time (the pipe's contract); a waiting read is part of that side.
/// </remarks>
internal sealed class UringPipeReader(ConnectionMailbox mailbox, long maxUnread)
    : PipeReader, IValueTaskSource<ReadResult>
{
    private static readonly object s_waiting = new();
    private static readonly object s_endOfStream = new();
    private static readonly Action<object?> s_completeWait = static reader => ((UringPipeReader)reader!).Resume();
    private static readonly Action<object?> s_goOn = static reader => ((UringPipeReader)reader!).CompleteWait();
    private static readonly Action<object?> s_cancelWait =
        static reader => ((UringPipeReader)reader!).OnTokenCanceled();

    private ManualResetValueTaskSourceCore<ReadResult> _wait;
    private CancellationTokenRegistration _registration;
    private BlockList _blocks;
    private object? _inbox;
    private object? _end;
    private long _consumed;
    private ReceiveWindow _window = new(maxUnread);
    private volatile bool _cancelRequested;
    private volatile bool _tokenCanceled;
    private bool _allExamined;
    private bool _completed;
    private volatile bool _isDone;

    /// <summary>By this the ring bounds what it receives.</summary>
    public ref ReceiveWindow Window => ref _window;

    /// <summary>The reader was completed, and has given back what it had.</summary>
    public bool IsDone => _isDone;

    private bool HasEnded => Volatile.Read(ref _end) is not null;

    private bool HasNothingNew => _blocks.Length == 0 || _allExamined;

    // ---- the ring's side ----

    /// <summary>Adds received data. Called by the ring's owner.</summary>
    public void Deliver(Block block)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _inbox);
            if (seen is Block newest)
            {
                // Take back what the reader has not fetched, so that little pieces are put together.
                if (!ReferenceEquals(Interlocked.CompareExchange(ref _inbox, null, newest), newest)) continue;
                block = Join(newest, block);
            }
            else if (ReferenceEquals(Interlocked.CompareExchange(ref _inbox, block, seen), seen))
            {
                if (seen is not null) mailbox.Loop.Call(s_completeWait, this);
                return;
            }
        }
    }

    /// <summary>Nothing will come any more: the peer's end (null), or an error. The first one counts.</summary>
    public void End(Exception? error)
    {
        if (Interlocked.CompareExchange(ref _end, error ?? s_endOfStream, null) is not null) return;
        if (TryTakeWaiter()) mailbox.Loop.PostCall(s_completeWait, this);
    }

    /// <summary>Drops what nobody will read. Called by the ring's owner after the reader was completed.</summary>
    public void DropInbox()
    {
        if (Volatile.Read(ref _inbox) is not Block newest) return;
        if (!ReferenceEquals(Interlocked.CompareExchange(ref _inbox, null, newest), newest)) return;
        var dropped = default(BlockList);
        dropped.AppendNewestFirst(newest);
        dropped.Clear();
    }

    // ---- the reader's side ----

    public override bool TryRead(out ReadResult result)
    {
        if (TryGetResult(out result)) return true;
        // Who only polls never waits, and it is the wait that sees a pause which AdvanceTo was too early for.
        Barriers.Full();
        ResumeReceivingIfPaused();
        return false;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (cancellationToken.IsCancellationRequested)
                return ValueTask.FromCanceled<ReadResult>(cancellationToken);
            if (TryGetResult(out var result)) return new ValueTask<ReadResult>(result);
            if (TryWait(cancellationToken)) return new ValueTask<ReadResult>(this, _wait.Version);
        }
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_blocks.Head is not { } head) return;
        var tail = _blocks.Tail!;
        var end = tail.RunningIndex + tail.End;
        if (consumed.GetObject() is not Block consumedIn || examined.GetObject() is not Block examinedIn) return;
        var consumedAt = consumedIn.RunningIndex + Index(consumed);
        var examinedAt = examinedIn.RunningIndex + Index(examined);
        if (consumedAt < head.Start || examinedAt < consumedAt || examinedAt > end) ThrowBadPosition();
        _allExamined = examinedAt == end;
        if (consumedAt > head.Start) Consume(consumedAt - head.Start);
        _window.NoteExamined(_consumed + (examinedAt - consumedAt));
        ResumeReceivingIfPaused();
    }

    public override void CancelPendingRead()
    {
        _cancelRequested = true;
        if (TryTakeWaiter()) mailbox.Loop.PostCall(s_completeWait, this);
    }

    public override void Complete(Exception? exception = null)
    {
        if (_completed) return;
        _completed = true;
        FetchInbox();
        _blocks.Clear();
        _isDone = true;
        mailbox.Leave(ConnectionWish.StopReceiving);
    }

    ReadResult IValueTaskSource<ReadResult>.GetResult(short token) => _wait.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadResult>.GetStatus(short token) => _wait.GetStatus(token);

    void IValueTaskSource<ReadResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _wait.OnCompleted(continuation, state, token, flags);

    private static int Index(SequencePosition position) => position.GetInteger() & int.MaxValue;

    // The chain's first block is the newest.
    private static Block Join(Block newest, Block block)
    {
        if (newest.CanAbsorb(block))
        {
            newest.Absorb(block);
            BlockPool.Return(block);
            return newest;
        }

        block.Link = newest;
        return block;
    }

    private void Consume(long count)
    {
        _blocks.Consume(count);
        _consumed += count;
    }

    // Lets the ring receive again where it stopped because too much was unread.
    private void ResumeReceivingIfPaused()
    {
        if (_window.HasRoomAgain) mailbox.Leave(ConnectionWish.Receive);
    }

    private bool TryTakeWaiter() =>
        ReferenceEquals(Interlocked.CompareExchange(ref _inbox, null, s_waiting), s_waiting);

    private void FetchInbox()
    {
        if (Volatile.Read(ref _inbox) is not Block) return;
        // The ring may take the blocks back for a moment, to put another with them.
        if (Interlocked.Exchange(ref _inbox, null) is not Block newest) return;
        _blocks.AppendNewestFirst(newest);
        _allExamined = false;
    }

    private bool TryGetResult(out ReadResult result)
    {
        if (_completed) ThrowCompleted();
        var ended = HasEnded; // before the inbox: what came before the end is in there
        FetchInbox();
        if (ended && _end is Exception error) throw error;
        var canceled = _cancelRequested;
        if (canceled) _cancelRequested = false;
        result = default;
        if (!canceled && !ended && HasNothingNew) return false;
        result = new ReadResult(Show(), canceled, ended);
        return true;
    }

    // False: something happened meanwhile that the read must see first.
    private bool TryWait(CancellationToken cancellationToken)
    {
        // Before anything of the read that waits is touched: it goes on.
        if (ReferenceEquals(Volatile.Read(ref _inbox), s_waiting)) ThrowConcurrentRead();
        _wait.Reset();
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(s_cancelWait, this);
        if (TryBecomeWaiter()) return true;
        Unregister();
        _tokenCanceled = false;
        return false;
    }

    private bool TryBecomeWaiter()
    {
        var seen = Interlocked.CompareExchange(ref _inbox, s_waiting, null);
        if (ReferenceEquals(seen, s_waiting)) ThrowConcurrentRead();
        // The exchange is a full barrier: whoever ends or cancels after it sees the waiter, what was before is seen
        // here. Likewise the ring's pause.
        if (seen is not null) return false;
        if ((HasEnded || _cancelRequested || _tokenCanceled) && TryTakeWaiter()) return false;
        ResumeReceivingIfPaused();
        return true;
    }

    private void Resume()
    {
        if (mailbox.Resumption is { } resumption) resumption.Resume(s_goOn, this);
        else CompleteWait();
    }

    // The waiter was taken: the read goes on, on the thread that this runs on.
    private void CompleteWait()
    {
        ReadResult result;
        try
        {
            while (!TryGetResult(out result) && !_tokenCanceled)
            {
                // Woken by a cancellation that an earlier read has answered already.
                if (TryBecomeWaiter()) return;
            }
        }
#pragma warning disable CA1031 // handed on to who awaits the read
        catch (Exception e)
#pragma warning restore CA1031
        {
            Unregister();
            _wait.SetException(e);
            return;
        }

        var token = _registration.Token;
        Unregister();
        var canceled = _tokenCanceled && result.Buffer.IsEmpty && !result.IsCompleted && !result.IsCanceled;
        _tokenCanceled = false;
        if (canceled) _wait.SetException(new OperationCanceledException(token));
        else _wait.SetResult(result);
    }

    private ReadOnlySequence<byte> Show()
    {
        if (_blocks.Head is not { } head) return default;
        Block? before = null;
        for (Block? block = head; block is not null; block = block.Link)
        {
            block.ShowBehind(before);
            before = block;
        }

        var tail = _blocks.Tail!;
        return new ReadOnlySequence<byte>(head, head.Start, tail, tail.End);
    }

    // Waits for a callback that runs at this moment, so that it cannot touch the next read.
    private void Unregister()
    {
        if (_registration == default) return;
        _registration.Dispose();
        _registration = default;
    }

    private void OnTokenCanceled()
    {
        _tokenCanceled = true;
        if (TryTakeWaiter()) mailbox.Loop.PostCall(s_completeWait, this);
    }

    private static void ThrowConcurrentRead() =>
        throw new InvalidOperationException("Concurrent reads are not supported: a read is already waiting.");

    private static void ThrowCompleted() =>
        throw new InvalidOperationException("Reading is not allowed after the reader was completed.");

    private static void ThrowBadPosition() =>
        throw new InvalidOperationException(
            "The position given to AdvanceTo does not belong to the last read's buffer.");
}
