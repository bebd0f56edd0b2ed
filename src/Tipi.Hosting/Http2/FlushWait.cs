using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http2;

/// <summary>
/// A flush that waits until enough of its stream was sent. Used again for each wait of its stream.
/// <code>
/// Idle ──Begin──→ Waiting ──Complete, Cancel, token──→ Scheduled ──on the ring or the pool──→ Idle
/// </code>
/// Invariant: changes only under the connection's gate; the application goes on outside of it.
/// </summary>
internal sealed class FlushWait(HttpExchange exchange, Lock gate) : IValueTaskSource<FlushResult>, IThreadPoolWorkItem
{
    private static readonly Action<object?> s_goOn = static self => ((FlushWait)self!).GoOn();
    private static readonly Action<object?> s_onToken = static self => ((FlushWait)self!).OnToken();

    private ManualResetValueTaskSourceCore<FlushResult> _core;
    private Workplace? _work;
    private CancellationTokenRegistration _registration;
    private CancellationToken _token;
    private FlushResult _result;
    private bool _isTokenCanceled;
    private bool _isCancelRequested;
    private bool _isUntaken;

    internal bool IsWaiting { get; private set; }

    /// <summary>
    /// False when the application has left it behind, be it that it is just about to be told: it does not serve
    /// another request.
    /// </summary>
    internal bool IsUsable => !_isUntaken && !_isCancelRequested;

    /// <summary>Takes a cancellation that was asked for while nobody waited.</summary>
    internal bool TakeCancellation()
    {
        bool was = _isCancelRequested;
        _isCancelRequested = false;
        return was;
    }

    internal ValueTask<FlushResult> Begin(Workplace work, CancellationToken cancellationToken)
    {
        _work = work;
        _core.Reset();
        IsWaiting = _isUntaken = true;
        _isTokenCanceled = false;
        _token = cancellationToken;
        // Another thread may cancel at once, and then waits for the gate.
        if (cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(s_onToken, this);
        return new ValueTask<FlushResult>(this, _core.Version);
    }

    /// <summary>Cancels the flush that waits, or the next one.</summary>
    internal void Cancel()
    {
        if (IsWaiting) Complete(isCanceled: true, isClosed: false);
        else _isCancelRequested = true;
    }

    internal void Complete(bool isCanceled, bool isClosed)
    {
        if (!IsWaiting) return;
        IsWaiting = false;
        _result = new FlushResult(isCanceled, isClosed);
        _work!.Schedule(exchange, this);
    }

    /// <summary>The request is over; who waited may not have been told yet.</summary>
    internal void Detach() => _work = null;

    void IThreadPoolWorkItem.Execute()
    {
        if (_work is { } work) work.GoOn(exchange, s_goOn, this);
        else GoOn();
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _isUntaken = false;
        return _core.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    private void OnToken()
    {
        lock (gate)
        {
            if (!IsWaiting) return;
            _isTokenCanceled = true;
            Complete(isCanceled: false, isClosed: false);
        }
    }

    private void GoOn()
    {
        _registration.Dispose();
        _registration = default;
        if (_isTokenCanceled) _core.SetException(new OperationCanceledException(_token));
        else _core.SetResult(_result);
    }
}
