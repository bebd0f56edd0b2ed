using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>Accepts for one listener on one ring, and goes on whatever the kernel is short of.</summary>
/// <remarks>
/// <code>
///   idle ──Start──► accepting ──shortage──► pausing ──time──► accepting
///                       └──────────Stop (cancel)──────────────► ended
/// </code>
/// While an accept that was taken over from another thread has not ended, the socket is watched beside: the kernel may
/// tell that one of a connection, and no other. Each accept that begins takes all connections that wait, or, where
/// descriptors are few, the first of them: the next begins when it is known what that one has left.
/// Used by the ring's owner only.
/// </remarks>
internal sealed class AcceptLoop
{
    // How many connections an accept of many takes between two looks at what is left.
    private const int LookEach = 64;

    private readonly RingLoop _loop;
    private readonly int _descriptor;
    private readonly Action<RingLoop, int> _place;
    private readonly Action<Errno> _short;
    private readonly AcceptOperation _accept;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ListenWatchOperation? _watch;
    private TimeoutOperation? _pause;
    private DescriptorSupply _supply;
    private int _acceptedSinceLook;
    private bool _stopping;

    /// <param name="loop">The ring.</param>
    /// <param name="descriptor">The listening socket.</param>
    /// <param name="place">Finds a ring for an accepted descriptor; called by the ring's owner.</param>
    /// <param name="shortOf">Told what the kernel, or the process, is short of.</param>
    public AcceptLoop(RingLoop loop, int descriptor, Action<RingLoop, int> place, Action<Errno> shortOf)
    {
        _loop = loop;
        _descriptor = descriptor;
        _place = place;
        _short = shortOf;
        _accept = new AcceptOperation(this);
    }

    /// <summary>Completes when the kernel no longer accepts for this ring.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Begins to accept. From any thread.</summary>
    public void Start() => _loop.Post(new Step(this, start: true));

    /// <summary>Stops accepting. From any thread.</summary>
    public void Stop() => _loop.Post(new Step(this, start: false));

    public void OnAccepted(int descriptor)
    {
        if (_supply != DescriptorSupply.Plenty || ++_acceptedSinceLook == LookEach) Look();
        _place(_loop, descriptor);
    }

    public void OnEnded(Errno errno)
    {
        if (_stopping)
        {
            End();
        }
        else if (ErrnoTranslation.IsShortage(errno))
        {
            Pause(errno);
        }
        else
        {
            // ECONNABORTED and the like concern one connection that is gone; a multishot may also just end.
            Accept();
        }
    }

    /// <summary>The accept is another thread's no longer, and has to be begun anew.</summary>
    public void OnDisowned()
    {
        if (_watch is null && !_stopping) StartWatch();
        OnEnded(Errno.None);
    }

    /// <summary>A connection waits, and perhaps none of this ring's accepts was told.</summary>
    public void OnConnectionWaiting() => _accept.Cancel(_loop.Kernel); // and is begun anew

    public void OnWatchEnded()
    {
        _loop.Operations.Vacate(_watch!);
        _watch = null;
        if (_stopping) End();
        else if (_loop.Kernel.DisownedCount > 0) StartWatch();
    }

    /// <summary>Stops accepting. Called by the ring's owner.</summary>
    public void StopNow()
    {
        if (_stopping) return;
        _stopping = true;
        _accept.Cancel(_loop.Kernel);
        _watch?.Cancel(_loop.Kernel);
        _pause?.Cancel(_loop.Kernel);
    }

    /// <summary>The ring has failed. Called by its last owner.</summary>
    public void Fail()
    {
        _stopping = true;
        _ended.TrySetResult();
    }

    private void OnPauseOver()
    {
        _pause = null;
        if (_stopping)
        {
            End();
            return;
        }

        Look();
        Accept();
    }

    private void Accept()
    {
        if (_supply == DescriptorSupply.Low) Pause(Errno.EMFILE);
        else _accept.Start(_loop.Kernel, _descriptor, many: _supply == DescriptorSupply.Plenty);
    }

    private void Pause(Errno errno)
    {
        _short(errno);
        _pause = new TimeoutOperation(OnPauseOver);
        _pause.Start(_loop, DescriptorReserve.Pause);
    }

    private void Look()
    {
        var hadPlenty = _supply == DescriptorSupply.Plenty;
        _supply = DescriptorReserve.Look();
        _acceptedSinceLook = 0;
        if (!hadPlenty || _supply == DescriptorSupply.Plenty) return;
        _accept.Cancel(_loop.Kernel); // and one by one from then on
    }

    private void StartWatch()
    {
        _watch = new ListenWatchOperation(this);
        _watch.Start(_loop, _descriptor);
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
        Look();
        Accept();
    }

    // Nothing uses the socket any more.
    private void End()
    {
        if (_accept.IsInFlight || _watch is not null || _pause is not null) return;
        _loop.Operations.Vacate(_accept);
        _ended.TrySetResult();
    }

    private sealed class Step(AcceptLoop accepts, bool start) : PostedWork
    {
        internal override void Run()
        {
            if (start) accepts.StartNow();
            else accepts.StopNow();
        }

        internal override void Refuse() => accepts._ended.TrySetResult();
    }
}
