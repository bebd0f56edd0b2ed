using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Tipi.Hosting.Connections;

/// <summary>Steps that are all taken, whatever becomes of each; what went wrong is thrown at the end.</summary>
/// <param name="deadline">Up to when those with a name are waited for.</param>
internal sealed class StopSteps(StopDeadline? deadline = null)
{
    private readonly ConcurrentQueue<Exception> _faults = [];

    internal async Task TakeAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _faults.Enqueue(error);
        }
    }

    /// <inheritdoc cref="StopDeadline.TakeAsync"/>
    internal Task TakeAsync(string name, Func<Task> step, TimeSpan? most = null, TimeSpan? grace = null) =>
        TakeAsync(deadline is null ? step : () => deadline.TakeAsync(name, step, most, grace));

    /// <inheritdoc cref="StopDeadline.TakeAsync"/>
    internal Task TakeAsync(string name, Action step, TimeSpan? most = null, TimeSpan? grace = null) =>
        TakeAsync(name, () => Run(step), most, grace);

    internal void Take(Action step)
    {
        try
        {
            step();
        }
        catch (Exception error)
        {
            _faults.Enqueue(error);
        }
    }

    /// <exception cref="AggregateException">More than one step failed; the error of a single one is thrown as it was.
    /// </exception>
    internal void ThrowIfAnyFailed()
    {
        if (_faults.Count == 1) ExceptionDispatchInfo.Throw(_faults.First());
        if (_faults.Count > 1) throw new AggregateException("Several steps of the stop failed.", _faults);
    }

    private static Task Run(Action step)
    {
        step();
        return Task.CompletedTask;
    }
}
