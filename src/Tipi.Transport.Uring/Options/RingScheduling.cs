namespace Tipi.Transport.Uring;

/// <summary>Where code that awaits a connection's pipes continues.</summary>
public enum RingScheduling
{
    /// <summary>
    /// On the ring's I/O thread, without a thread hop. Code that holds the ring longer than
    /// <see cref="UringTransportOptions.HandOffBudget"/> loses it.
    /// </summary>
    Inline,

    /// <summary>On the thread pool, with one thread hop per wait.</summary>
    ThreadPool,
}
