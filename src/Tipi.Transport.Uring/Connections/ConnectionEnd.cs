using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>Tells who waits for it that the peer is gone, and that the descriptor is closed.</summary>
/// <remarks>
/// What nobody asks for is never made. Each of the two is told once, by the ring's owner.
/// </remarks>
internal struct ConnectionEnd
{
    // Completed before anybody can wait for it: who waits would go on in the middle of the turn.
    private static readonly TaskCompletionSource s_closed = NewCompleted();

    private CancellationTokenSource? _peerGoneSource;
    private TaskCompletionSource? _closed;
    private volatile bool _peerGone;

    /// <summary>Cancelled when the peer is gone.</summary>
    public CancellationToken PeerGone()
    {
        if (Volatile.Read(ref _peerGoneSource) is { } source) return source.Token;
        var created = new CancellationTokenSource();
        source = Interlocked.CompareExchange(ref _peerGoneSource, created, null) ?? created;
        // The exchange is a full barrier: either we see that the peer is gone, or the ring sees the source.
        if (_peerGone) source.Cancel();
        return source.Token;
    }

    /// <summary>Completes when the descriptor is closed.</summary>
    public Task Closed()
    {
        // Whatever is short: what is not closed here is never closed.
        var created = Shortage.Outlast(static _ => new TaskCompletionSource(), true);
        return (Interlocked.CompareExchange(ref _closed, created, null) ?? created).Task;
    }

    /// <summary>The peer has ended the stream or broken it, or we have.</summary>
    public void OnPeerGone(RingLoop owned)
    {
        _peerGone = true;
        Barriers.Full();
        if (Volatile.Read(ref _peerGoneSource) is { } source)
            owned.Call(static source => ((CancellationTokenSource)source!).Cancel(), source);
    }

    /// <summary>The descriptor is closed.</summary>
    public void OnClosed(RingLoop owned)
    {
        if (Interlocked.CompareExchange(ref _closed, s_closed, null) is { } waitedFor)
            owned.Call(static source => ((TaskCompletionSource)source!).TrySetResult(), waitedFor);
    }

    private static TaskCompletionSource NewCompleted()
    {
        var completed = new TaskCompletionSource();
        completed.SetResult();
        return completed;
    }
}
