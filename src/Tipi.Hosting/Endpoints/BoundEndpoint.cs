using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>An endpoint with the sockets it listens with; localhost has two.</summary>
/// <remarks>
/// <code>
///   bound ──Start──► accepting ──StopAsync──► unbound ──DisposeAsync──► gone
/// </code>
/// </remarks>
internal sealed class BoundEndpoint
{
    private readonly ServerContext _server;
    private readonly IReadOnlyList<IConnectionListener> _listeners;
    private readonly List<AcceptLoop> _loops = [];
    private volatile ServerEndpoint _current;

    internal BoundEndpoint(
        ServerEndpoint endpoint, ServerContext server, IReadOnlyList<IConnectionListener> listeners, string address)
    {
        _server = server;
        _listeners = listeners;
        _current = endpoint;
        Address = address;
    }

    /// <summary>The real address, with the port that the system chose.</summary>
    internal string Address { get; }

    internal TipiListenOptions Options => _current.Options;

    /// <summary>What holds for a connection that is accepted now.</summary>
    internal ServerEndpoint Current => _current;

    internal void Start(ConnectionRegistry connections)
    {
        foreach (IConnectionListener listener in _listeners)
        {
            var loop = new AcceptLoop(listener, this, _server, connections);
            _loops.Add(loop);
            loop.Start();
        }
    }

    /// <summary>Other limits for connections that come from now on; the address must be the same.</summary>
    internal void Update(TipiListenOptions options) => _current = new ServerEndpoint(options, _server, _current);

    /// <summary>Stops accepting.</summary>
    internal async Task StopAsync()
    {
        var steps = new StopSteps();
        foreach (AcceptLoop loop in _loops)
            await steps.TakeAsync(() => loop.StopAsync(CancellationToken.None)).ConfigureAwait(false);
        _loops.Clear();
        steps.ThrowIfAnyFailed();
    }

    internal async Task DisposeAsync()
    {
        var steps = new StopSteps();
        foreach (IConnectionListener listener in _listeners)
            await steps.TakeAsync(() => listener.DisposeAsync().AsTask()).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }
}
