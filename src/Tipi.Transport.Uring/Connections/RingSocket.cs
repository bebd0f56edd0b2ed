using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Operations;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// A connected socket on a ring: receives for the reader, sends for the writer, and closes when both are done.
/// </summary>
/// <remarks>
/// <code>
///   open ──Close or Abort──► closing ──no sender, for good──► no receive in flight ──► closed
/// </code>
/// Closing first sends what was flushed; aborting drops it and resets the connection.
/// Invariant: the descriptor is closed when nothing uses it: no receive in flight, and the send queue's sender is the
/// closer, for good. What stands under "the ring's side" is called by the ring's owner only; other threads leave a
/// wish in the mailbox.
/// </remarks>
internal sealed class RingSocket
{
    private readonly UringConnection _connection;
    private readonly ConnectionMailbox _mailbox;
    private readonly ReceiveOperation _receive;
    private readonly long _maxUnread;
    private SendQueue _sends;
    private SendOperation? _send;
    private Exception? _abortReason;
    private long _received;
    private volatile Stage _stage;
    private volatile bool _receivePaused;
    private volatile bool _readerCompleted;
    private volatile bool _endWanted;

    public RingSocket(UringConnection connection, RingLoop loop, int descriptor, UringTransportOptions options)
    {
        _connection = connection;
        Loop = loop;
        Descriptor = descriptor;
        _maxUnread = options.MaxReadBufferSize ?? long.MaxValue;
        _mailbox = new ConnectionMailbox(this);
        _receive = new ReceiveOperation(this);
        Reader = new UringPipeReader(this);
        Writer = new UringPipeWriter(this, options.MaxWriteBufferSize ?? long.MaxValue);
    }

    // What the ring has done so far on the way to the end; each bit is set once.
    [Flags]
    private enum Stage : byte
    {
        Open = 0,
        FinishWanted = 1,
        Finished = 2,
        Closing = 4,
        NoSender = 8,
        CloseSubmitted = 16,
        Closed = 32,
        PeerGone = 64,
    }

    public RingLoop Loop { get; }

    public int Descriptor { get; }

    public UringPipeReader Reader { get; }

    public UringPipeWriter Writer { get; }

    // ---- from any thread ----

    /// <summary>Bytes sent since the start.</summary>
    public long Sent => _sends.Sent;

    /// <summary>
    /// False from the moment that the descriptor is given back. What was asked of the descriptor before this was true
    /// is an answer about this connection.
    /// </summary>
    public bool IsOpen => !Is(Stage.CloseSubmitted);

    private bool IsAborted => Volatile.Read(ref _abortReason) is not null;

    /// <summary>
    /// Queues flushed blocks (the newest first). On the ring's thread they leave at the end of the turn.
    /// </summary>
    public void Send(Block newest, Block oldest)
    {
        _sends.Push(newest, oldest);
        if (Loop.IsOwnedHere) _mailbox.Leave(ConnectionWish.Send);
        else if (_sends.TryBegin()) SendHere();
    }

    /// <summary>Lets the ring receive again where it stopped because too much was unread.</summary>
    public void ResumeReceivingIfPaused()
    {
        if (_receivePaused && Volatile.Read(ref _received) - Reader.Examined <= _maxUnread / 2)
            _mailbox.Leave(ConnectionWish.Receive);
    }

    public void OnReaderCompleted()
    {
        _readerCompleted = true;
        _mailbox.Leave(ConnectionWish.StopReceiving);
    }

    public void OnWriterCompleted() => _mailbox.Leave(ConnectionWish.Finish);

    /// <summary>Sends what was flushed, then closes.</summary>
    public void Close() => _mailbox.Leave(ConnectionWish.Close);

    /// <summary>Closes now, with a reset. The first reason counts.</summary>
    public void Abort(ConnectionAbortedException reason)
    {
        Interlocked.CompareExchange(ref _abortReason, reason, null);
        _mailbox.Leave(ConnectionWish.Abort);
    }

    // A foreign thread that has become the sender: one system call is cheaper than waking the ring.
    private void SendHere()
    {
        do
        {
            while (!IsAborted && _sends.TryCollect())
            {
                var errno = _sends.SendNow(Descriptor);
                if (errno is Errno.None or Errno.EINTR) continue;
                // The socket is full, or broken: the ring goes on as the sender.
                _mailbox.Leave(ConnectionWish.ContinueSend);
                return;
            }

            _sends.EndSending();
        }
        while (!IsAborted && _sends.HasUnsent && _sends.TryBegin());
        if (_endWanted) _mailbox.Leave(ConnectionWish.Send);
    }

    // ---- the ring's side ----

    public void Start()
    {
        Loop.Operations.Admit(_receive);
        _receive.Start(Loop, MayBurst(0));
        if (Loop.IsStopping) _receive.AbortConnection(); // it came after the others were aborted
    }

    public void Fulfil(ConnectionWish wishes)
    {
        if (Is(Stage.Closed)) return;
        if ((wishes & ConnectionWish.StopReceiving) != 0) StopReceiving();
        if ((wishes & ConnectionWish.Receive) != 0) ResumeReceiving();
        if ((wishes & (ConnectionWish.Finish | ConnectionWish.Close | ConnectionWish.Abort)) != 0) WantEnd(wishes);
        if ((wishes & ConnectionWish.ContinueSend) != 0 || _sends.TryBegin()) ContinueSend();
        else if (Is(Stage.Closing)) ContinueClosing();
    }

    public void OnReceived(Block block)
    {
        if (_readerCompleted)
        {
            BlockPool.Return(block);
            return;
        }

        Volatile.Write(ref _received, _received + block.Length);
        Reader.Deliver(block);
        var unread = _received - Reader.Examined;
        if (unread >= _maxUnread && !_receivePaused) PauseReceiving();
        else if (!MayBurst(unread)) _receive.EndMultishot(Loop);
    }

    /// <summary>The receive has ended without a word about the stream: start another one where it is wanted.</summary>
    public void OnReceiveInterrupted()
    {
        if (Is(Stage.Closing)) ContinueClosing();
        else if (_readerCompleted || Is(Stage.PeerGone)) return;
        else if (_receivePaused) _receive.Watch(Loop);
        else _receive.Start(Loop, MayBurst(_received - Reader.Examined));
    }

    /// <summary>Nothing was received; the peer reset the connection, or both sides ended it in good order.</summary>
    public void OnWatchEnded(uint events)
    {
        if (Is(Stage.Closing) || !_receivePaused) OnReceiveInterrupted();
        else if ((events & IoUringAbi.PollError) != 0) OnReceiveEnded(Errno.ECONNRESET);
    }

    public void OnReceiveEnded(Errno errno)
    {
        if (errno is Errno.ENOBUFS) Loop.Buffers.Grow();
        if (errno is Errno.ECANCELED or Errno.ENOBUFS or Errno.EINTR or Errno.EAGAIN)
        {
            OnReceiveInterrupted();
            return;
        }

        Reader.End(errno is Errno.None ? null : ErrnoTranslation.ToConnectionException(errno));
        if (errno is not Errno.None) Writer.End();
        SignalPeerGone();
        if (Is(Stage.Closing)) ContinueClosing();
    }

    public void OnSent(int result)
    {
        _send = null;
        if (result >= 0) _sends.Account(result);
        else if ((Errno)(-result) is not (Errno.EINTR or Errno.EAGAIN)) FailSending((Errno)(-result));
        Writer.OnProgress(Loop);
        ContinueSend();
    }

    public void OnClosed()
    {
        Set(Stage.Closed);
        Loop.Operations.Vacate(_receive);
        Interlocked.Decrement(ref Loop.ConnectionCount);
        Reader.DropInbox();
        _sends.Drop();
        Reader.End(_abortReason);
        Writer.End();
        SignalPeerGone();
        _connection.OnClosed();
    }

    /// <summary>
    /// The ring has failed. What is in flight may still read the blocks, so that they are not given back; and where
    /// another thread is sending, the descriptor cannot be closed.
    /// </summary>
    public void Fail(Exception fault)
    {
        if (Is(Stage.Closed)) return;
        var reason = new ConnectionAbortedException("The connection's ring failed.", fault);
        Interlocked.CompareExchange(ref _abortReason, reason, null);
        var isMine = _send is not null || Is(Stage.NoSender) || _sends.TryBegin();
        if (isMine && !Is(Stage.CloseSubmitted))
        {
            Set(Stage.CloseSubmitted);
            LibC.LingerZero(Descriptor);
            _ = LibC.CloseDescriptor(Descriptor);
        }

        Set(Stage.Closed);
        Interlocked.Decrement(ref Loop.ConnectionCount);
        Reader.End(_abortReason);
        Writer.End();
        SignalPeerGone();
        _connection.OnClosed();
    }

    // As the sender: submits what was flushed, or stops being the sender.
    private void ContinueSend()
    {
        do
        {
            if (IsAborted) _sends.Drop();
            if (_sends.TryCollect())
            {
                _send = Loop.LendSend();
                _sends.Start(Loop, this, _send);
                return;
            }

            _sends.EndSending();
        }
        while (_sends.HasUnsent && _sends.TryBegin());
        Writer.OnProgress(Loop);
        if (Is(Stage.FinishWanted)) FinishSending();
        if (Is(Stage.Closing)) ContinueClosing();
    }

    private void FailSending(Errno errno)
    {
        _sends.Drop();
        Writer.End();
        if (errno is Errno.ECANCELED) return;
        Reader.End(ErrnoTranslation.ToConnectionException(errno));
        SignalPeerGone();
    }

    private void FinishSending()
    {
        // After an abort no end of stream may be sent: the peer would take what it has for the whole.
        if (Is(Stage.Finished) || IsAborted) return;
        Set(Stage.Finished);
        _ = LibC.ShutdownSend(Descriptor);
    }

    private void PauseReceiving()
    {
        _receivePaused = true;
        Barriers.Full();
        // The reader may have gone on without seeing that we pause.
        if (_received - Reader.Examined <= _maxUnread / 2) _receivePaused = false;
        else _receive.Cancel(Loop);
    }

    private void ResumeReceiving()
    {
        if (!_receivePaused) return;
        _receivePaused = false;
        if (!_receive.IsInFlight) OnReceiveInterrupted();
        else if (_receive.IsWatching) _receive.Cancel(Loop);
    }

    private void StopReceiving()
    {
        Reader.DropInbox();
        _receive.Cancel(Loop);
    }

    private void WantEnd(ConnectionWish wishes)
    {
        Set(Stage.FinishWanted);
        if ((wishes & (ConnectionWish.Close | ConnectionWish.Abort)) != 0) Set(Stage.Closing);
        if ((wishes & ConnectionWish.Abort) != 0) AbortNow();
        _endWanted = true;
        // A foreign sender either sees the wish when it ends, or has ended for us to see.
        Barriers.Full();
    }

    private void AbortNow()
    {
        Reader.End(_abortReason);
        Writer.End();
        LibC.LingerZero(Descriptor);
        _send?.Cancel(Loop);
    }

    // Each step waits for the one before; whoever ends a step calls this again.
    private void ContinueClosing()
    {
        if (Is(Stage.CloseSubmitted)) return;
        if (!Is(Stage.NoSender))
        {
            if (_sends.HasUnsent && !IsAborted) return;
            if (!_sends.TryBegin()) return;
            Set(Stage.NoSender);
        }

        if (_receive.IsInFlight)
        {
            _receive.Cancel(Loop);
            return;
        }

        Set(Stage.CloseSubmitted);
        new CloseOperation(this).Start(Loop);
    }

    private void SignalPeerGone()
    {
        if (Is(Stage.PeerGone)) return;
        Set(Stage.PeerGone);
        _connection.OnPeerGone();
    }

    private bool MayBurst(long unread) => unread < ReceiveOperation.MaxUnreadForMultishot(_maxUnread);

    private bool Is(Stage stage) => (_stage & stage) != 0;

    private void Set(Stage stage) => _stage |= stage;
}
