using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Native;
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
internal sealed class RingSocket : ConnectionMailbox
{
    private readonly ReceiveOperation _receive;
    private readonly SendQueue _sends;
    private SendOperation? _send;
    private SocketView? _view;
    private ConnectionEnd _end;
    private volatile Stage _stage;

    public RingSocket(RingLoop loop, int descriptor, UringTransportOptions options)
        : base(loop)
    {
        Descriptor = descriptor;
        _receive = new ReceiveOperation(this);
        _sends = new SendQueue(this, descriptor);
        Reader = new UringPipeReader(this, options.MaxReadBufferSize ?? long.MaxValue);
        Writer = new UringPipeWriter(this, _sends, options.MaxWriteBufferSize ?? long.MaxValue);
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
        Disowned = 128,
    }

    public int Descriptor { get; }

    public UringPipeReader Reader { get; }

    public UringPipeWriter Writer { get; }

    // ---- from any thread ----

    /// <summary>Tells of the peer's and of the descriptor's end.</summary>
    public ref ConnectionEnd Ending => ref _end;

    /// <summary>The socket as the application sees it; null where it was never asked for.</summary>
    public SocketView? View => Volatile.Read(ref _view);

    /// <summary>
    /// False from the moment that the descriptor is given back. What was asked of the descriptor before this was true
    /// is an answer about this connection.
    /// </summary>
    public bool IsOpen => !Is(Stage.CloseSubmitted);

    private KernelDoor Kernel => Loop.Kernel;

    private ref ReceiveWindow Window => ref Reader.Window;

    /// <summary>Shows a view to the ring, which releases it. Returns the one that came first.</summary>
    public SocketView Show(SocketView made) => Interlocked.CompareExchange(ref _view, made, null) ?? made;

    public override void OnSentElsewhere()
    {
        // The ring wakes it: that needs no memory, which this thread might not get.
        if (Writer.HasWaitThatMayEnd) Leave(ConnectionWish.Send);
    }

    /// <summary>Sends what was flushed, then closes.</summary>
    public void Close() => Leave(ConnectionWish.Close);

    // ---- the ring's side ----

    public void Start()
    {
        Loop.Operations.Admit(_receive);
        _receive.Start(Kernel, MayBurst(0));
        if (Loop.IsStopping) _receive.Stop(Kernel); // it came after the others were aborted
    }

    internal override void Run()
    {
        var wishes = TakeWishes();
        if (Is(Stage.Closed)) return;
        if ((wishes & ConnectionWish.StopReceiving) != 0) StopReceiving();
        if ((wishes & ConnectionWish.Receive) != 0) ResumeReceiving();
        if ((wishes & (ConnectionWish.Finish | ConnectionWish.Close | ConnectionWish.Abort)) != 0) WantEnd(wishes);
        if ((wishes & ConnectionWish.ContinueSend) != 0 || _sends.TryBegin()) ContinueSend();
        else if (Is(Stage.Closing)) ContinueClosing();
    }

    public void OnReceived(Block block)
    {
        if (Reader.IsDone)
        {
            BlockPool.Return(block);
            return;
        }

        Window.AddReceived(block.Length);
        Reader.Deliver(block);
        var unread = Window.Unread;
        if (unread >= Window.Most && !Window.IsPaused) PauseReceiving();
        else if (!MayBurst(unread)) _receive.EndMultishot(Kernel);
    }

    /// <summary>The receive has ended without a word about the stream: start another one where it is wanted.</summary>
    public void OnReceiveInterrupted()
    {
        if (Is(Stage.Closing)) ContinueClosing();
        else if (Reader.IsDone || Is(Stage.PeerGone)) return;
        else if (Window.IsPaused) _receive.Watch(Kernel);
        else _receive.Start(Kernel, MayBurst(Window.Unread));
    }

    /// <summary>
    /// A receive that may still be in flight is nobody's any more, and keeps the socket open until it ends.
    /// </summary>
    public void OnReceiveDisowned()
    {
        Set(Stage.Disowned);
        OnReceiveInterrupted();
    }

    /// <summary>The peer has reset the connection while nothing was to be received.</summary>
    public void OnResetSeen()
    {
        if (Is(Stage.Closing) || !Window.IsPaused) return;
        if (_receive.IsInFlight) _receive.Cancel(Kernel);
        OnReceiveEnded(Errno.ECONNRESET);
    }

    public void OnReceiveEnded(Errno errno)
    {
        if (errno is Errno.ENOBUFS) Kernel.Buffers.Grow();
        if (errno is Errno.ENOMEM || (errno is Errno.ENOBUFS && Kernel.Buffers.Provided == 0))
            Kernel.NoteShortage(errno);
        if (errno is Errno.ECANCELED or Errno.EINTR or Errno.EAGAIN || ErrnoTranslation.IsShortage(errno))
        {
            OnReceiveInterrupted();
            return;
        }

        Reader.End(errno is Errno.None ? null : NewException(errno));
        if (errno is not Errno.None) Writer.End();
        SignalPeerGone();
        if (Is(Stage.Closing)) ContinueClosing();
    }

    public void OnSent(int result)
    {
        _send = null;
        var errno = result < 0 ? (Errno)(-result) : Errno.None;
        if (errno is Errno.None) _sends.Account(result);
        else if (ErrnoTranslation.IsShortage(errno)) Kernel.NoteShortage(errno);
        else if (errno is not (Errno.EINTR or Errno.EAGAIN)) FailSending(errno);
        Writer.OnProgress(Loop);
        ContinueSend();
    }

    private void OnClosed()
    {
        Set(Stage.Closed);
        Loop.Operations.Vacate(_receive);
        Interlocked.Decrement(ref Loop.ConnectionCount);
        Reader.DropInbox();
        _sends.Drop();
        Reader.End(AbortReason);
        Writer.End();
        SignalPeerGone();
        _end.OnClosed(Loop);
    }

    /// <summary>
    /// The ring has failed. What is in flight may still read the blocks, so that they are not given back; and where
    /// another thread is sending, the descriptor cannot be closed.
    /// </summary>
    public void Fail(Exception fault)
    {
        if (Is(Stage.Closed)) return;
        var reason = Shortage.Outlast(
            static fault => new ConnectionAbortedException("The ring of the connection failed.", fault), fault);
        NoteAbort(reason);
        var isMine = _send is not null || Is(Stage.NoSender) || _sends.TryBegin();
        if (isMine && !Is(Stage.CloseSubmitted))
        {
            Set(Stage.CloseSubmitted);
            ReleaseView();
            LibC.LingerZero(Descriptor);
            _ = LibC.CloseDescriptor(Descriptor);
        }

        Set(Stage.Closed);
        Interlocked.Decrement(ref Loop.ConnectionCount);
        Reader.End(AbortReason);
        Writer.End();
        SignalPeerGone();
        _end.OnClosed(Loop);
    }

    /// <summary>As the sender: submits what was flushed, or stops being the sender.</summary>
    public override void ContinueSend()
    {
        do
        {
            if (IsAborted) _sends.Drop();
            if (_sends.TryCollect())
            {
                _send = SendOperation.Lend(Loop);
                _send.Start(Kernel, this, _sends.Collected);
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
        Reader.End(NewException(errno));
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
        if (Window.TryPause()) _receive.Cancel(Kernel);
    }

    private void ResumeReceiving()
    {
        if (!Window.TryResume()) return;
        if (!_receive.IsInFlight) OnReceiveInterrupted();
        else if (_receive.IsWatching) _receive.Cancel(Kernel);
    }

    private void StopReceiving()
    {
        Reader.DropInbox();
        _receive.Cancel(Kernel);
    }

    private void WantEnd(ConnectionWish wishes)
    {
        Set(Stage.FinishWanted);
        if ((wishes & (ConnectionWish.Close | ConnectionWish.Abort)) != 0) Set(Stage.Closing);
        if ((wishes & ConnectionWish.Abort) != 0) AbortNow();
        _sends.WantEnd();
    }

    private void AbortNow()
    {
        Reader.End(AbortReason);
        Writer.End();
        if (Is(Stage.CloseSubmitted)) return; // the number may be another connection's
        LibC.LingerZero(Descriptor);
        // Closing would reset it only when the thread wakes by which it is kept open.
        if (Is(Stage.Disowned) || _send?.IsHeldByOther(Kernel) == true) LibC.Reset(Descriptor);
        _send?.Cancel(Kernel);
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
            _receive.Cancel(Kernel);
            return;
        }

        var close = Shortage.Outlast(
            static socket => new CloseOperation(
                socket.Loop, socket.Descriptor, static socket => ((RingSocket)socket).OnClosed(), socket),
            this);
        Set(Stage.CloseSubmitted);
        ReleaseView();
        close.Start();
    }

    private void SignalPeerGone()
    {
        if (Is(Stage.PeerGone)) return;
        Set(Stage.PeerGone);
        _end.OnPeerGone(Loop);
    }

    // The descriptor is about to be given back. The view holds the connection open until it is closed as well: on the
    // pool, since that may wait for a thread that is using it.
    private void ReleaseView()
    {
        Barriers.Full(); // who makes a view now either shows it to us, or sees that it is too late
        if (View is { } view)
            ThreadPool.UnsafeQueueUserWorkItem(static view => view.Release(), view, preferLocal: false);
    }

    private static Exception NewException(Errno errno) =>
        Shortage.Outlast(static errno => ErrnoTranslation.ToConnectionException(errno), errno);

    private bool MayBurst(long unread) => unread < ReceiveOperation.MaxUnreadForMultishot(Window.Most);

    private bool Is(Stage stage) => (_stage & stage) != 0;

    private void Set(Stage stage) => _stage |= stage;
}
