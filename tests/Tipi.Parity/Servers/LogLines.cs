using System.Collections.Concurrent;

namespace Tipi.Parity.Servers;

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    internal ConcurrentQueue<LogLine> All { get; } = [];

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // Nothing is held.
    }

    private string? FindConnection()
    {
        var found = new List<string>();
        _scopes.ForEachScope(
            static (scope, found) =>
            {
                if (scope is not IEnumerable<KeyValuePair<string, object?>> values) return;
                found.AddRange(values.Where(pair => pair.Key == "ConnectionId").Select(pair => $"{pair.Value}"));
            },
            found);
        return found.LastOrDefault();
    }

    private sealed class Recorder(LogLines owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull =>
            owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            owner.All.Enqueue(new LogLine(category, logLevel, eventId, formatter(state, exception))
            {
                ConnectionId = owner.FindConnection(),
            });
    }
}
