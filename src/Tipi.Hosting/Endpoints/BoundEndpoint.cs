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
    private readonly IConnectionListener[] _listeners;
    private readonly BoundFile? _file;
    private readonly List<AcceptLoop> _loops = [];
    private volatile ServerEndpoint _current;

    internal BoundEndpoint(
        ServerEndpoint endpoint, ServerContext server, IConnectionListener[] listeners, string address,
        BoundFile? file = null)
    {
        _file = file;
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
            lock (_loops) _loops.Add(loop);
            loop.Start();
        }
    }

    /// <summary>Other limits for connections that come from now on; the address must be the same.</summary>
    internal void Update(TipiListenOptions options)
    {
        options.SetBound(Options.EndPoint);
        _current = EndpointMaker.Make(options, _server, _current);
    }

    /// <summary>Stops accepting. Once more is nothing, so that a reload and a stop may do it at once.</summary>
    internal async Task StopAsync()
    {
        _file?.Remove();
        AcceptLoop[] loops;
        lock (_loops) loops = [.. _loops];
        var steps = new StopSteps();
        foreach (AcceptLoop loop in loops)
            await steps.TakeAsync(() => loop.StopAsync(CancellationToken.None)).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }

    internal async Task DisposeAsync()
    {
        _file?.Remove();
        var steps = new StopSteps();
        foreach (IConnectionListener listener in _listeners)
            await steps.TakeAsync(() => listener.DisposeAsync().AsTask()).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }
}
