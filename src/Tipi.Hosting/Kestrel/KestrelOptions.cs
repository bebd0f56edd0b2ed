using System.Net;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Kestrel;

/// <summary>
/// What the application's code and its packages told Kestrel, as the configurators of Kestrel's options left it. It
/// comes after configuration and before what code tells Tipi, which wins.
/// </summary>
internal sealed class KestrelOptions : IOptionsSource
{
    private readonly Action<ListenOptions>? _endpointDefaults;
    private readonly Action<HttpsConnectionAdapterOptions>? _httpsDefaults;

    private KestrelOptions(KestrelServerOptions told, SocketTransportOptions sockets)
    {
        Told = told;
        Sockets = sockets;
        // Each class of lambdas has one instance of a lambda that captures nothing.
        Action<ListenOptions> endpoints = KestrelAccess.EndpointDefaults(told);
        if (endpoints != KestrelAccess.EndpointDefaults(KestrelDefaults.Server)) _endpointDefaults = endpoints;
        Action<HttpsConnectionAdapterOptions> https = KestrelAccess.HttpsDefaults(told);
        if (https != KestrelAccess.HttpsDefaults(KestrelDefaults.Server)) _httpsDefaults = https;
    }

    internal KestrelServerOptions Told { get; }

    internal SocketTransportOptions Sockets { get; }

    /// <summary>True when the <see cref="KestrelOptionTable"/> has something to take over.</summary>
    internal bool HasValues => !KestrelDefaults.Hold(Told);

    internal bool HasEndpointDefaults => _endpointDefaults is not null;

    internal bool HasHttpsDefaults => _httpsDefaults is not null;

    /// <summary>Where Kestrel would take its endpoints from; null where that is nowhere.</summary>
    internal IConfiguration? Section => Told.ConfigurationLoader?.Configuration;

    /// <summary>The configured endpoints that code completes.</summary>
    internal ICollection<string> EndpointNames =>
        Told.ConfigurationLoader is { } loader ? KestrelAccess.NamedEndpoints(loader).Keys : [];

    /// <exception cref="InvalidOperationException">This version of Kestrel cannot be read.</exception>
    internal static KestrelOptions Read(IServiceProvider services)
    {
        KestrelServerOptions told = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;
        try
        {
            return new KestrelOptions(told, services.GetRequiredService<IOptions<SocketTransportOptions>>().Value);
        }
        catch (MissingMemberException error)
        {
            throw new InvalidOperationException(
                "Tipi cannot read Kestrel's options from this version of the framework "
                + $"({typeof(KestrelServerOptions).Assembly.GetName().Version}). Use a version of Tipi made for it.",
                error);
        }
    }

    /// <summary>Copies the values that somebody has set.</summary>
    internal void ApplyTo(TipiServerOptions options)
    {
        if (HasValues)
        {
            foreach (KestrelOption option in KestrelOptionTable.All)
                if (option.IsTold(Told)) option.Take(options, Told);
        }
        SocketOptions.Apply(Sockets, options);
    }

    /// <summary>Sets what is said in <c>ConfigureHttpsDefaults</c>.</summary>
    public void ApplyTo(HttpsConnectionAdapterOptions options) => _httpsDefaults?.Invoke(options);

    /// <summary>
    /// Sets what is said of an endpoint: the whole of it for one that Kestrel was told to listen on, and for others
    /// what is said in <c>ConfigureEndpointDefaults</c>.
    /// </summary>
    public void ApplyTo(TipiListenOptions endpoint)
    {
        if (endpoint.Told is null && _endpointDefaults is not null)
        {
            endpoint.Told = MakeEndpoint(endpoint.EndPoint);
            _endpointDefaults(endpoint.Told);
        }
        if (endpoint.Told is not null) KestrelPipeline.Add(endpoint.Told, endpoint);
    }

    /// <summary>The endpoints that Kestrel was told to listen on.</summary>
    internal List<TipiListenOptions> MakeEndpoints(TipiServerOptions server)
    {
        if (Told.ConfigurationLoader is { } loader) KestrelAccess.AddEndpoints(loader);
        var endpoints = new List<TipiListenOptions>();
        foreach (ListenOptions told in KestrelAccess.CodeEndpoints(Told))
            endpoints.Add(new TipiListenOptions(told, server.Shared));
        return endpoints;
    }

    /// <summary>
    /// Completes a configured endpoint as <c>ConfigurationLoader.Endpoint(name, …)</c> says, if anything.
    /// </summary>
    internal void Complete(TipiListenOptions endpoint, TipiEndpointConfiguration configured)
    {
        if (Told.ConfigurationLoader is not { } loader || endpoint.Name is null) return;
        if (!KestrelAccess.NamedEndpoints(loader).TryGetValue(endpoint.Name, out var complete)) return;
        ListenOptions told = MakeEndpoint(endpoint.EndPoint);
        told.Protocols = endpoint.Protocols;
        complete(KestrelAccess.MakeConfiguration(
            configured.IsHttps, told, configured.HttpsOptions, configured.ConfigSection));
        endpoint.Told = told;
        KestrelPipeline.Add(told, endpoint);
    }

    private ListenOptions MakeEndpoint(EndPoint endPoint)
    {
        ListenOptions endpoint = KestrelAccess.MakeEndpoint(endPoint);
        KestrelAccess.SetServer(endpoint, Told);
        return endpoint;
    }
}
