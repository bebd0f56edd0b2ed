using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Connections;

/// <summary>A connection's transport, with the bytes of both directions in a log.</summary>
internal sealed class LoggedPipe(IDuplexPipe inner, ILogger log, string connectionId) : IDuplexPipe
{
    public PipeReader Input { get; } = new LoggedReader(inner.Input, log, connectionId);

    public PipeWriter Output { get; } = new LoggedWriter(inner.Output, log, connectionId);

    /// <summary>A step of an endpoint; it stands aside while nobody wants to know.</summary>
    internal static ConnectionDelegate Wrap(ConnectionDelegate next, ILogger log) =>
        connection => log.IsEnabled(LogLevel.Debug) ? RunAsync(connection, next, log) : next(connection);

    private static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next, ILogger log)
    {
        IDuplexPipe inner = connection.Transport;
        try
        {
            connection.Transport = new LoggedPipe(inner, log, connection.ConnectionId);
            await next(connection);
        }
        finally
        {
            connection.Transport = inner;
        }
    }
}
