using System.Runtime.CompilerServices;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Threads;

/// <summary>
/// Awaited by one connection to go on elsewhere: on a thread that may block, or behind the work that is queued where it
/// runs.
/// Reusable and free of allocations; one await at a time.
/// </summary>
internal sealed class ThreadHop(IRingAffinityFeature? affinity) : ICriticalNotifyCompletion, IThreadPoolWorkItem
{
    private static readonly Action<object?> s_goOn = static hop => ((ThreadHop)hop!).Execute();

    private Action? _continuation;
    private Target _target;

    private enum Target : byte
    {
        Pool,
        Ring,
        BlockingThread,
        HandshakeThread,
    }

    public bool IsCompleted => false;

    /// <summary>Goes on on a thread that nobody else waits for.</summary>
    internal ThreadHop ToBlockingThread()
    {
        _target = Target.BlockingThread;
        return this;
    }

    /// <summary>Goes on on a thread for cryptography, when one is free.</summary>
    internal ThreadHop ToHandshakeThread()
    {
        _target = Target.HandshakeThread;
        return this;
    }

    /// <summary>Goes on where the connection is served: on its ring, or on the pool when it has none.</summary>
    internal ThreadHop Home()
    {
        _target = affinity is null ? Target.Pool : Target.Ring;
        return this;
    }

    /// <summary>
    /// Lets others go first: on the ring when the connection has one and runs there, otherwise on the pool.
    /// </summary>
    internal ThreadHop Yield()
    {
        _target = affinity?.IsOnRing == true ? Target.Ring : Target.Pool;
        return this;
    }

    public ThreadHop GetAwaiter() => this;

    public void GetResult()
    {
        // Nothing to give: the hop is done.
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        _continuation = continuation;
        if (_target == Target.Ring) affinity!.Post(s_goOn, this);
        else if (_target == Target.BlockingThread) WorkThreads.Blocking.Queue(this);
        else if (_target == Target.HandshakeThread) WorkThreads.Handshakes.Queue(this);
        else ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        Action continuation = _continuation!;
        _continuation = null;
        continuation();
    }
}
