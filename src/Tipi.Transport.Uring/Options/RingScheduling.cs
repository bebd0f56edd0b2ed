namespace Tipi.Transport.Uring;

/// <summary>Where the code that awaits a connection's pipes goes on.</summary>
public enum RingScheduling
{
    /// <summary>On the ring's thread: no thread hop. A caller that holds the ring past the budget loses it.</summary>
    Inline,

    /// <summary>On the thread pool: one hop a wait.</summary>
    ThreadPool,
}
