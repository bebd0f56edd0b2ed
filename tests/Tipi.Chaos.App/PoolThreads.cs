namespace Tipi.Chaos.App;

/// <summary>The threads of the runtime's pool, which it usually starts when work waits.</summary>
internal static class PoolThreads
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private static int s_there;

    /// <summary>Has the pool start as many as it has at least, by as much work that waits for each other.</summary>
    internal static void StartAll()
    {
        ThreadPool.GetMinThreads(out int count, out _);
        for (int i = 0; i < count; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                count =>
                {
                    Interlocked.Increment(ref s_there);
                    AreThere(count);
                },
                count,
                preferLocal: false);
        }
        if (!AreThere(count)) throw new InvalidOperationException($"{s_there} threads of the pool came, not {count}.");
    }

    private static bool AreThere(int count) =>
        SpinWait.SpinUntil(() => Volatile.Read(ref s_there) >= count, s_patience);
}
