using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tipi.Hosting;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>Logs the bytes that the connections of an endpoint send and receive.</summary>
public static class TipiListenOptionsConnectionLoggingExtensions
{
    /// <summary>
    /// Logs the bytes of each connection in both directions, at level Debug, in the category
    /// <c>Tipi.Server.ConnectionLogging</c>. The bytes can contain secrets.
    /// </summary>
    public static TipiListenOptions UseConnectionLogging(this TipiListenOptions listenOptions) =>
        listenOptions.UseConnectionLogging(ConnectionBytesLog.Category);

    /// <summary>
    /// Logs the bytes of each connection in both directions, at level Debug. The bytes can contain secrets.
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="loggerName">The category.</param>
    public static TipiListenOptions UseConnectionLogging(this TipiListenOptions listenOptions, string loggerName)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        ArgumentException.ThrowIfNullOrEmpty(loggerName);
        var logs = (ILoggerFactory?)listenOptions.ApplicationServices.GetService(typeof(ILoggerFactory));
        ILogger log = new QuietLoggerFactory(logs ?? NullLoggerFactory.Instance).CreateLogger(loggerName);
        listenOptions.Use(next => LoggedPipe.Wrap(next, log));
        return listenOptions;
    }
}
