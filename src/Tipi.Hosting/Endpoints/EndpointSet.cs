using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Endpoints;

/// <summary>The endpoints that the server listens on. Used by one caller at a time.</summary>
internal sealed class EndpointSet(
    EndpointBinder binder, ConnectionRegistry connections, ServerAddresses addresses)
{
    private readonly List<BoundEndpoint> _bound = [];

    internal IReadOnlyList<BoundEndpoint> Bound => _bound;

    /// <summary>Binds all of them; nothing is accepted before <see cref="Start"/>.</summary>
    internal async Task BindAsync(IReadOnlyList<TipiListenOptions> plan, CancellationToken cancellationToken)
    {
        addresses.Addresses.Clear();
        foreach (TipiListenOptions options in plan)
        {
            _bound.Add(await binder.BindAsync(options, cancellationToken).ConfigureAwait(false));
            addresses.Addresses.Add(_bound[^1].Address);
        }
    }

    internal void Start()
    {
        foreach (BoundEndpoint endpoint in _bound) endpoint.Start(connections);
    }

    /// <summary>Binds one more and accepts there.</summary>
    internal async Task<BoundEndpoint> OpenAsync(TipiListenOptions options, CancellationToken cancellationToken)
    {
        BoundEndpoint endpoint = await binder.BindAsync(options, cancellationToken).ConfigureAwait(false);
        _bound.Add(endpoint);
        Publish();
        endpoint.Start(connections);
        return endpoint;
    }

    /// <summary>Stops listening at one; its connections live on.</summary>
    internal async Task CloseAsync(BoundEndpoint endpoint)
    {
        _bound.Remove(endpoint);
        Publish();
        await endpoint.StopAsync().ConfigureAwait(false);
        await endpoint.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Stops accepting everywhere.</summary>
    internal async Task StopAsync()
    {
        var steps = new StopSteps();
        foreach (BoundEndpoint endpoint in _bound) await steps.TakeAsync(endpoint.StopAsync).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }

    internal async Task DisposeAsync()
    {
        var steps = new StopSteps();
        foreach (BoundEndpoint endpoint in _bound) await steps.TakeAsync(endpoint.DisposeAsync).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }

    private void Publish() => addresses.Replace(_bound.Select(endpoint => endpoint.Address));
}
