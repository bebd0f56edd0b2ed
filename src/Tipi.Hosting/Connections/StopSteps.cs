using System.Runtime.ExceptionServices;

namespace Tipi.Hosting.Connections;

/// <summary>Steps that are all taken, whatever becomes of each; what went wrong is thrown at the end.</summary>
internal sealed class StopSteps
{
    private readonly List<Exception> _faults = [];

    internal async Task TakeAsync(Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _faults.Add(error);
        }
    }

    internal void Take(Action step)
    {
        try
        {
            step();
        }
        catch (Exception error)
        {
            _faults.Add(error);
        }
    }

    /// <exception cref="AggregateException">More than one step failed; the error of a single one is thrown as it was.
    /// </exception>
    internal void ThrowIfAnyFailed()
    {
        if (_faults.Count == 1) ExceptionDispatchInfo.Throw(_faults[0]);
        if (_faults.Count > 1) throw new AggregateException("Several steps of the stop failed.", _faults);
    }
}
