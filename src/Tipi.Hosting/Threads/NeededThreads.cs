using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Threads;

/// <summary>
/// The threads that a server cannot do without, and that are otherwise started when they are needed first: then the
/// system may give none any more.
/// </summary>
internal static class NeededThreads
{
    /// <summary>Longer than it takes to dispose of it.</summary>
    private static readonly TimeSpan s_never = TimeSpan.FromHours(1);

    /// <summary>For which the pool's first threads wait for each other, so that there are as many.</summary>
    private static readonly TimeSpan s_meeting = TimeSpan.FromMilliseconds(100);

    /// <summary>Starts them; to be called before the first connection is accepted.</summary>
    /// <exception cref="ThreadShortageException">The system does not give them.</exception>
    internal static void Start()
    {
        WorkThreads.Blocking.Start();
        WorkThreads.Handshakes.Start();
        try
        {
            // The runtime's own, of all timers and of the pool, would be started by the first to use them.
            new Timer(static _ => { }, null, s_never, Timeout.InfiniteTimeSpan).Dispose();
            ThreadPool.GetMinThreads(out int workers, out _);
            var meeting = new CountdownEvent(workers);
            for (int i = 0; i < workers; i++) ThreadPool.UnsafeQueueUserWorkItem(Meet, meeting, preferLocal: false);
        }
        catch (OutOfMemoryException)
        {
            throw new ThreadShortageException("the runtime's timers and pool");
        }
    }

    private static void Meet(CountdownEvent others)
    {
        others.Signal();
        others.Wait(s_meeting);
    }
}
