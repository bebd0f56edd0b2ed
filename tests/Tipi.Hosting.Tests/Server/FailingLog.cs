using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Server;

/// <summary>Throws at some events of the server, as a log whose disk is full does.</summary>
internal sealed class FailingLog(params int[] events) : ILoggerProvider
{
    internal TaskCompletionSource Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void Dispose()
    {
        // Nothing is held.
    }

    private void Write(string category, EventId id)
    {
        if (!category.StartsWith("Tipi.", StringComparison.Ordinal) || !events.Contains(id.Id)) return;
        Failed.TrySetResult();
        throw new IOException("No space left on device.");
    }

    private sealed class Logger(FailingLog owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) => owner.Write(category, eventId);
    }
}
