using Microsoft.Extensions.Logging;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// A log for threads that must not wait for it: lines are written on the thread pool, one after the other; while the
/// log blocks a few are kept and the others are lost.
/// </summary>
internal sealed class PooledLogger : ILogger
{
    private readonly ILogger _inner;
    private readonly ReportQueue<Action> _lines = new(static write => write());

    internal PooledLogger(ILogger inner) => _inner = inner;

    // A filter may block as well: it is asked where the line is written.
    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        _lines.Add(() =>
        {
            if (_inner.IsEnabled(logLevel)) _inner.Log(logLevel, eventId, state, exception, formatter);
        });

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
}
