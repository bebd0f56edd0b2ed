using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Operations;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>Accepts for one listener on one ring, and goes on whatever the kernel is short of.</summary>
/// <remarks>
/// <code>
///   idle ──Start──► accepting ──shortage──► pausing ──time──► accepting
///                       └──────────Stop (cancel)──────────────► ended
/// </code>
/// Used by the ring's owner only.
/// </remarks>
internal sealed class AcceptLoop
{
    // Long enough to cost nothing, short enough that a client does not give up.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly UringConnectionListener _listener;
    private readonly RingLoop _loop;
    private readonly AcceptOperation _accept;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TimeoutOperation? _pause;
    private bool _stopping;

    public AcceptLoop(UringConnectionListener listener, RingLoop loop)
    {
        _listener = listener;
        _loop = loop;
        _accept = new AcceptOperation(this);
    }

    /// <summary>Completes when the kernel no longer accepts for this ring.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to accept. From any thread.</summary>
    public void Start() => _loop.Post(new Step(this, start: true));

    /// <summary>Stops accepting. From any thread.</summary>
    public void Stop() => _loop.Post(new Step(this, start: false));

    public void OnAccepted(RingLoop loop, int descriptor) => _listener.Place(loop, descriptor);

    public void OnEnded(Errno errno)
    {
        if (_stopping)
        {
            End();
        }
        else if (ErrnoTranslation.IsShortage(errno))
        {
            _listener.OnShortage(errno);
            _pause = new TimeoutOperation(OnPauseOver);
            _pause.Start(_loop, s_pause);
        }
        else
        {
            // ECONNABORTED and the like concern one connection that is gone; a multishot may also just end.
            _accept.Start(_loop, _listener.Descriptor);
        }
    }

    /// <summary>Stops accepting. Called by the ring's owner.</summary>
    public void StopNow()
    {
        if (_stopping) return;
        _stopping = true;
        _accept.Cancel(_loop);
        _pause?.Cancel(_loop);
    }

    /// <summary>The ring has failed. Called by its last owner.</summary>
    public void Fail()
    {
        _stopping = true;
        _ended.TrySetResult();
    }

    private void OnPauseOver(RingLoop loop)
    {
        _pause = null;
        if (_stopping) End();
        else _accept.Start(_loop, _listener.Descriptor);
    }

    private void StartNow()
    {
        if (_loop.IsStopping)
        {
            _stopping = true;
            _ended.TrySetResult();
            return;
        }

        _loop.Operations.Admit(_accept);
        _accept.Start(_loop, _listener.Descriptor);
    }

    private void End()
    {
        _loop.Operations.Vacate(_accept);
        _ended.TrySetResult();
    }

    private sealed class Step(AcceptLoop accepts, bool start) : PostedWork
    {
        internal override void Run(RingLoop loop)
        {
            if (start) accepts.StartNow();
            else accepts.StopNow();
        }

        internal override void Refuse(RingLoop loop) => accepts._ended.TrySetResult();
    }
}
