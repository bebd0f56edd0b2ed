using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Kestrel;

namespace Tipi.Hosting.Configuration;

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
        List<TipiListenOptions> told = (options.Shared.Told as KestrelOptions)?.MakeEndpoints(options) ?? [];
        List<TipiListenOptions> endpoints = [.. options.CodeEndpoints];
        foreach (TipiListenOptions endpoint in told)
            if (!options.ListensAt(endpoint)) endpoints.Add(endpoint);
        if (ConfigurationReading.Of(options) is { } reading) endpoints.AddRange(reading.MakeEndpoints());
        KestrelReport.Write(options, told, log);
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

    private static List<TipiListenOptions> FromAddresses(TipiServerOptions options, IServerAddressesFeature wished)
    {
        List<TipiListenOptions> endpoints = [];
        foreach (string address in wished.Addresses) endpoints.Add(Parse(address, options));
        return endpoints;
    }

    private static TipiListenOptions Parse(string text, TipiServerOptions server)
    {
        ListenAddress address = ListenAddress.Parse(text);
        TipiListenOptions options = new TipiListenOptions(address.EndPoint, server.Shared, address.IsLocalhost);
        // The endpoint's defaults may have said it already.
        return address.IsHttps && options.Tls is null ? options.UseHttps() : options;
    }
}
