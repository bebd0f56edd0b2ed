using Microsoft.Extensions.Logging.Abstractions;

namespace Tipi.Chaos.App;

/// <summary>
/// A log whose disk is full and slow, once it is armed: one of the server's lines in three throws, and one in a hundred
/// takes long. Lines of the framework are spared, since what they throw is thrown at the application.
/// </summary>
internal sealed class FaultyLog : ILoggerProvider, ILogger
{
    private const int SlowLineMs = 50;
    private int _lines;

    internal bool IsArmed { get; set; }

    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith("Tipi", StringComparison.Ordinal) ? this : NullLogger.Instance;

    public bool IsEnabled(LogLevel logLevel) => true;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (!IsArmed) return;
        int line = Interlocked.Increment(ref _lines);
        if (line % 100 == 0) Thread.Sleep(SlowLineMs);
        if (line % 3 == 0) throw new IOException("No space left on device");
        if (logLevel >= LogLevel.Warning && exception is not ExpectedException)
            Console.Error.WriteLine($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}
