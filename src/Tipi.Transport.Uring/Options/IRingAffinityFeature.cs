namespace Tipi.Transport.Uring;

/// <summary>
/// A connection feature: which ring serves the connection, and whether the caller runs on that ring's thread. Available
/// in <c>ConnectionContext.Features</c> of connections of this transport.
/// </summary>
public interface IRingAffinityFeature
{
    /// <summary>True if the calling thread owns the ring of this connection, so that code runs inline on it.</summary>
    bool IsOnRing { get; }

    /// <summary>
    /// How many times the calling thread has lost a ring because its code held the ring longer than the budget. It only
    /// increases during the lifetime of the thread, and is 0 on threads that never ran a ring. Compare it before and
    /// after a call to find out whether that call was handed off.
    /// </summary>
    long HandOffs { get; }

    /// <summary>
    /// Those of the <see cref="HandOffs"/> in which the thread slept uninterruptibly: it waited for a disk, a memory
    /// page or a child process. One is enough to show that the code does such things.
    /// </summary>
    long UninterruptibleHandOffs { get; }

    /// <summary>Runs <paramref name="callback"/> on the ring's thread, after the work that is queued there.</summary>
    void Post(Action<object?> callback, object? state);
}
