using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>
/// The endpoints that the server listens on. Used by one caller at a time, but for a stop: it does not wait for a
/// reload that is stuck, which opens nothing afterwards.
/// </summary>
internal sealed class EndpointSet(
    EndpointBinder binder, ConnectionRegistry connections, ServerAddresses addresses)
{
    private readonly Lock _gate = new();
    private readonly List<BoundEndpoint> _bound = [];
    private bool _isClosed;

    /// <summary>Those that are open now.</summary>
    internal BoundEndpoint[] Bound
    {
        get
        {
            lock (_gate) return [.. _bound];
        }
    }

    /// <summary>True once the server stops.</summary>
    internal bool IsClosed
    {
        get
        {
            lock (_gate) return _isClosed;
        }
    }

    /// <summary>Binds all of them; nothing is accepted before <see cref="Start"/>.</summary>
    internal async Task BindAsync(IReadOnlyList<TipiListenOptions> plan, CancellationToken cancellationToken)
    {
        addresses.Addresses.Clear();
        foreach (TipiListenOptions options in plan)
        {
            BoundEndpoint endpoint = await BindOneAsync(options, cancellationToken).ConfigureAwait(false);
            addresses.Addresses.Add(endpoint.Address);
        }
    }

    internal void Start()
    {
        foreach (BoundEndpoint endpoint in Bound) endpoint.Start(connections);
    }

    /// <summary>Binds one more and accepts there.</summary>
    internal async Task<BoundEndpoint> OpenAsync(TipiListenOptions options, CancellationToken cancellationToken)
    {
        BoundEndpoint endpoint = await BindOneAsync(options, cancellationToken).ConfigureAwait(false);
        Publish();
        endpoint.Start(connections);
        return endpoint;
    }

    /// <summary>Stops listening at one; its connections live on.</summary>
    internal async Task CloseAsync(BoundEndpoint endpoint)
    {
        lock (_gate) _bound.Remove(endpoint);
        Publish();
        await endpoint.StopAsync().ConfigureAwait(false);
        await endpoint.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops accepting everywhere.</summary>
    internal async Task StopAsync()
    {
        lock (_gate) _isClosed = true;
        var steps = new StopSteps();
        foreach (BoundEndpoint endpoint in Bound) await steps.TakeAsync(endpoint.StopAsync).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }

    internal async Task DisposeAsync()
    {
        lock (_gate) _isClosed = true;
        var steps = new StopSteps();
        foreach (BoundEndpoint endpoint in Bound) await steps.TakeAsync(endpoint.DisposeAsync).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }

    /// <exception cref="OperationCanceledException">The server stops.</exception>
    private async Task<BoundEndpoint> BindOneAsync(TipiListenOptions options, CancellationToken cancellationToken)
    {
        BoundEndpoint endpoint = await binder.BindAsync(options, cancellationToken).ConfigureAwait(false);
        bool isLate;
        lock (_gate)
        {
            isLate = _isClosed;
            if (!isLate) _bound.Add(endpoint);
        }
        if (!isLate) return endpoint;
        await endpoint.DisposeAsync().ConfigureAwait(false);
        throw new OperationCanceledException("The server is stopping.");
    }

    private void Publish() => addresses.Replace(Bound.Select(endpoint => endpoint.Address));
}
