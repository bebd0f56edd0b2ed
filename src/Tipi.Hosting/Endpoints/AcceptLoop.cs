using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Endpoints;

/// <summary>Accept → track, for one listener, until it is unbound.</summary>
internal sealed class AcceptLoop(
    IConnectionListener listener, BoundEndpoint bound, ServerContext server, ConnectionRegistry connections)
    : IThreadPoolWorkItem
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Execution { get; private set; } = Task.CompletedTask;

    /// <summary>Starts on the pool, so that nothing of the starter's execution context reaches the requests.</summary>
    internal void Start() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Execute() => Execution = RunAsync();

    /// <summary>Stops accepting.</summary>
    internal async Task StopAsync(CancellationToken cancellationToken)
    {
        await listener.UnbindAsync(cancellationToken).ConfigureAwait(false);
        await _ended.Task.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            while (await listener.AcceptAsync() is { } transport) await TrackAsync(transport);
        }
        catch (Exception error)
        {
            server.Log.AcceptFailed(error, listener.EndPoint.ToString() ?? "");
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    /// <summary>A connection that cannot be begun, or not properly rejected, does not end the accepting.</summary>
    private ValueTask TrackAsync(ConnectionContext transport)
    {
        try
        {
            return TryStart(transport) ? ValueTask.CompletedTask : EndAsync(transport);
        }
        catch (Exception error)
        {
            return DropAsync(transport, error);
        }
    }

    private async ValueTask EndAsync(ConnectionContext transport)
    {
        try
        {
            await transport.DisposeAsync();
        }
        catch (Exception error)
        {
            await DropAsync(transport, error);
        }
    }

    /// <returns>False when the connection was rejected.</returns>
    private bool TryStart(ConnectionContext transport)
    {
        ServerEndpoint endpoint = bound.Current;
        if (!endpoint.Admission.TryEnterConnection())
        {
            server.Reject(transport, "the limit MaxConcurrentConnections was reached");
            return false;
        }
        try
        {
            connections.Start(transport, endpoint);
            return true;
        }
        catch (Exception)
        {
            endpoint.Admission.LeaveConnection();
            throw;
        }
    }

    private async ValueTask DropAsync(ConnectionContext transport, Exception error)
    {
        try
        {
            transport.Abort();
            await transport.DisposeAsync();
            server.Log.ConnectionFailed(error, transport.ConnectionId);
        }
        catch (Exception)
        {
            // Nothing is left to do for it, and nobody to tell.
        }
    }
}
