namespace Tipi.Transport.Uring;

/// <summary>
/// A connection feature: which ring serves the connection, and whether the caller runs on that ring's thread.
/// Found in <c>ConnectionContext.Features</c> of connections made by this transport.
/// </summary>
public interface IRingAffinityFeature
{
    /// <summary>
    /// True when the calling thread owns the ring of this connection, so that code runs inline on it.
    /// </summary>
    bool IsOnRing { get; }

    /// <summary>
    /// How many times the calling thread has lost a ring because code it ran held the ring past the budget. It counts
    /// up for the life of the thread and is 0 on threads that never ran a ring: compare it before and after a call to
    /// learn whether that call was handed off.
    /// </summary>
    long HandOffs { get; }

    /// <summary>
    /// Of the <see cref="HandOffs"/>, those in which the thread slept uninterruptibly: it waited for a disk, a page of
    /// memory or a child process. One is enough to tell that the code does such things.
    /// </summary>
    long UninterruptibleHandOffs { get; }

    /// <summary>Runs <paramref name="callback"/> on the ring's thread, after the work that is queued there.</summary>
    void Post(Action<object?> callback, object? state);
}
