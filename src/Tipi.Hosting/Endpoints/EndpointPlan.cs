using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Endpoints;

/// <summary>
/// What to listen on: the endpoints of code and configuration, else the host's addresses, else the default. The host
/// may prefer its addresses.
/// </summary>
internal static class EndpointPlan
{
    private const string DefaultAddress = "http://localhost:5000";

    /// <exception cref="InvalidOperationException">An address is not one this server can listen on.</exception>
    internal static IReadOnlyList<TipiListenOptions> Make(
        TipiServerOptions options, IServerAddressesFeature wished, ILogger log)
    {
        IReadOnlyList<TipiListenOptions> endpoints =
            [.. options.CodeEndpoints, .. options.ConfigurationLoader?.MakeEndpoints() ?? []];
        bool hasAddresses = wished.Addresses.Count > 0;
        if (endpoints.Count == 0)
            return hasAddresses ? FromAddresses(options, wished) : [Parse(DefaultAddress, options)];
        if (!hasAddresses) return endpoints;
        string addresses = string.Join(", ", wished.Addresses);
        if (!wished.PreferHostingUrls)
        {
            log.AddressesOverridden(addresses);
            return endpoints;
        }
        log.EndpointsOverridden(addresses);
        return FromAddresses(options, wished);
    }

    private static IReadOnlyList<TipiListenOptions> FromAddresses(
        TipiServerOptions options, IServerAddressesFeature wished) =>
        [.. wished.Addresses.Select(address => Parse(address, options))];

    private static TipiListenOptions Parse(string text, TipiServerOptions server)
    {
        ListenAddress address = ListenAddress.Parse(text);
        TipiListenOptions options = address.ToOptions(server);
        // The endpoint's defaults may have said it already.
        return address.IsHttps && options.Tls is null ? options.UseHttps() : options;
    }
}
