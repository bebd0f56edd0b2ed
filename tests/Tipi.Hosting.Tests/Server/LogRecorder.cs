using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Server;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    internal ConcurrentQueue<LogRecord> Records { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private sealed class Recorder(LogRecorder owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            owner.Records.Enqueue(new(category, logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
