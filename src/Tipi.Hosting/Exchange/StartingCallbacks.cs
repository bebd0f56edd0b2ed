using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// What waits for the start of a response, run before its head is encoded. A callback may start the response itself, so
/// that who starts it during a run does not wait for that.
/// </summary>
/// <remarks>Invariant: changes under the response's gate, and runs without it.</remarks>
internal sealed class StartingCallbacks(Lock gate)
{
    private Callbacks _callbacks;
    private Task? _run;

    internal bool IsEmpty => _callbacks.IsEmpty;

    internal void Add(Func<object, Task> callback, object state) => _callbacks.Add(callback, state);

    internal void Clear()
    {
        _callbacks.Clear();
        _run = null;
    }

    /// <summary>Runs them, the last registered first, and those that are registered meanwhile.</summary>
    internal Task RunAsync()
    {
        Task run = RunAllAsync();
        if (!run.IsCompleted) _run = _run is { IsCompleted: false } before ? Task.WhenAll(before, run) : run;
        return run;
    }

    /// <summary>Ends when all that were begun have ended.</summary>
    internal Task WhenRun() => _run ?? Task.CompletedTask;

    private async Task RunAllAsync()
    {
        try
        {
            while (TryTake(out Func<object, Task> callback, out object state)) await callback(state);
        }
        catch (Exception error)
        {
            // Whoever tries to start it after this fails alike: what should have been done to the head was not.
            lock (gate) Add(static fault => Task.FromException((Exception)fault), error);
            throw;
        }
    }

    private bool TryTake(out Func<object, Task> callback, out object state)
    {
        lock (gate) return _callbacks.TryTake(out callback, out state);
    }
}
