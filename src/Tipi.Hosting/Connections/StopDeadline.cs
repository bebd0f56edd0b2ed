using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>
/// How long a stop may take: until the first of those who asked for it waits no longer. A step that is late (a disk
/// that is stuck, a callback or a log that blocks) goes on by itself, and the stop without it.
/// </summary>
#pragma warning disable CA1001 // see below: a stop can be asked for at any time
internal sealed class StopDeadline(ILogger log)
#pragma warning restore CA1001
{
    /// <summary>What each step has after the deadline, so that what is not stuck ends well then too.</summary>
    internal static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    // Never disposed of, like the registrations at tokens that end with the host: a stop can be asked for at any time.
    private readonly CancellationTokenSource _passed = new();

    internal CancellationToken Token => _passed.Token;

    /// <summary>Another one who waits for the stop, and how long.</summary>
    internal void Add(CancellationToken patience)
    {
        if (patience.IsCancellationRequested) _passed.Cancel();
        else patience.UnsafeRegister(static passed => ((CancellationTokenSource)passed!).Cancel(), _passed);
    }

    /// <summary>Takes a step, on the pool since it may block, and waits for it as long as there is time.</summary>
    /// <param name="name">What is late, for the log.</param>
    /// <param name="step">What is done.</param>
    /// <param name="most">How long it is waited for, if the deadline is not earlier; null: until the deadline.</param>
    /// <param name="grace">How long after that; null: <see cref="Grace"/>.</param>
    internal async Task TakeAsync(string name, Func<Task> step, TimeSpan? most = null, TimeSpan? grace = null)
    {
        Task running = Task.Run(step);
        if (await EndsAsync(running, most ?? Timeout.InfiniteTimeSpan, Token).ConfigureAwait(false)
            || await EndsAsync(running, grace ?? Grace, CancellationToken.None).ConfigureAwait(false))
        {
            await running.ConfigureAwait(false);
            return;
        }
        // On the pool: the log may be what is stuck.
        ThreadPool.UnsafeQueueUserWorkItem(
            static late => late.Log.StopStepLate(late.Name), (Log: log, Name: name), preferLocal: false);
    }

    private static async Task<bool> EndsAsync(Task task, TimeSpan patience, CancellationToken deadline)
    {
        if (task.IsCompleted) return true;
        try
        {
            await task.WaitAsync(patience, deadline).ConfigureAwait(false);
        }
        catch (Exception) when (task.IsCompleted)
        {
            return true; // the fault is the step's own
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            return false;
        }
        return true;
    }
}
