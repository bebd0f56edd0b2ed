using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Has a callback run on the pool. As on a ring: what waits are state machines, which keep their exceptions; those of a
/// bare callback would end the process, and are reported.
/// </summary>
internal static class PoolCall
{
    internal static void Queue(ServerConnection owner, Action<object?> action, object? state) =>
        ThreadPool.UnsafeQueueUserWorkItem(
            static call => Run(call.owner, call.action, call.state), (owner, action, state), preferLocal: false);

    private static void Run(ServerConnection owner, Action<object?> action, object? state)
    {
        try
        {
            action(state);
        }
        catch (Exception error)
        {
            owner.LogCallbackFailure(error);
        }
    }
}
