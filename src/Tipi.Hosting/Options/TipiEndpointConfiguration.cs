using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting;

/// <summary>A configured endpoint, to be completed in code.</summary>
public sealed class TipiEndpointConfiguration
{
    internal TipiEndpointConfiguration(
        TipiListenOptions listenOptions, IConfigurationSection configSection, bool isHttps,
        HttpsConnectionAdapterOptions httpsOptions)
    {
        ListenOptions = listenOptions;
        ConfigSection = configSection;
        IsHttps = isHttps;
        HttpsOptions = httpsOptions;
    }

    /// <summary>True if the endpoint's address is https.</summary>
    public bool IsHttps { get; }

    /// <summary>
    /// The HTTPS options, with the values from configuration. They do not contain the default certificate yet. No
    /// effect if the address is not https.
    /// </summary>
    public HttpsConnectionAdapterOptions HttpsOptions { get; }

    /// <summary>The options of the endpoint, with the values from configuration.</summary>
    public TipiListenOptions ListenOptions { get; }

    /// <summary>The configuration section of the endpoint.</summary>
    public IConfigurationSection ConfigSection { get; }
}
