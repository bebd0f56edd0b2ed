using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>Makes the logs of the server, and of what works for it, such that they cannot fail it.</summary>
internal sealed class QuietLoggerFactory(ILoggerFactory inner) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new QuietLogger(inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    public void Dispose()
    {
        // The application's, and disposed of by it.
    }
}
