using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The flushes of one response, whoever asks for them and whether or not somebody awaits them.
/// <code>
/// none ──a flush has to wait──→ one waits, further ones wait in line ──the last of them has ended──→ none
/// </code>
/// Invariant: changes under the response's gate. The output is asked for one flush at a time, in the order of the
/// calls: what is below can wait for one only.
/// </summary>
internal sealed class FlushTurns(Lock gate, IExchangeOutput output)
{
    private TaskCompletionSource? _firstEnded;
    private Task<FlushResult>? _last;
    private int _waiting;
    private bool _isOwed;
    private bool _isOver;

    /// <summary>False when nobody waits, neither for the output nor for a turn.</summary>
    internal bool IsBusy => _waiting > 0;

    /// <summary>
    /// True while the application fills memory of the output: a flush whose turn comes then would take it away, and is
    /// left to the moment in which the application has done with it.
    /// </summary>
    internal bool IsHeld { get; private set; }

    /// <summary>
    /// True once a flush has taken away the memory that the application got last, or what was left of it.
    /// </summary>
    internal bool HasTakenMemory { get; private set; }

    /// <summary>Flushes when those before have ended. Under the gate.</summary>
    internal ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (IsBusy)
        {
            Task before = _last ?? (_firstEnded ??= NewSource()).Task;
            _last = FollowAsync(before);
            return new ValueTask<FlushResult>(_last.WaitAsync(cancellationToken));
        }
        ValueTask<FlushResult> flush = Send(cancellationToken);
        return flush.IsCompleted ? flush : FinishFirstAsync(flush);
    }

    /// <summary>Flushes, and nobody waits for it. Under the gate.</summary>
    internal void FlushSoon()
    {
        ValueTask<FlushResult> flush = FlushAsync(CancellationToken.None);
        if (!flush.IsCompletedSuccessfully) _ = flush.AsTask();
        else _ = flush.Result;
    }

    /// <summary>The application gets memory of the output, or gives it back unused. Under the gate.</summary>
    internal void Hold(bool isHeld) => (IsHeld, HasTakenMemory) = (isHeld, !isHeld);

    /// <summary>The application has filled its memory: what is owed is sent. Under the gate.</summary>
    internal void Release()
    {
        IsHeld = false;
        if (_isOwed) FlushSoon();
    }

    /// <summary>
    /// Leaves a flush to the moment in which the application has done with its memory. Under the gate.
    /// </summary>
    internal ValueTask<FlushResult> Owe()
    {
        _isOwed = true;
        return new(new FlushResult(isCanceled: false, output.IsClosed));
    }

    /// <summary>The request is over: flushes that are still in line must not reach the next one.</summary>
    internal void End() => Volatile.Write(ref _isOver, true);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FinishFirstAsync(ValueTask<FlushResult> flush)
    {
        _waiting++;
        try
        {
            return await flush;
        }
        finally
        {
            lock (gate)
            {
                Leave();
                _firstEnded?.SetResult();
                _firstEnded = null;
            }
        }
    }

    private async Task<FlushResult> FollowAsync(Task before)
    {
        _waiting++;
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            return await FlushInTurn();
        }
        finally
        {
            lock (gate) Leave();
        }
    }

    private ValueTask<FlushResult> FlushInTurn()
    {
        lock (gate)
        {
            if (_isOver) return new(new FlushResult(isCanceled: false, isCompleted: true));
            return IsHeld ? Owe() : Send(CancellationToken.None);
        }
    }

    private ValueTask<FlushResult> Send(CancellationToken cancellationToken)
    {
        (_isOwed, HasTakenMemory) = (false, true);
        return output.FlushAsync(cancellationToken);
    }

    private void Leave()
    {
        if (--_waiting == 0) _last = null;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
