using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting;

/// <summary>An endpoint that configuration gives, to be completed in code.</summary>
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

    /// <summary>True when the endpoint's address is https.</summary>
    public bool IsHttps { get; }

    /// <summary>
    /// How it is encrypted, with what configuration says of it. The default certificate is not in it yet. Of no effect
    /// when the address is not https.
    /// </summary>
    public HttpsConnectionAdapterOptions HttpsOptions { get; }

    /// <summary>The endpoint, with what configuration says of it.</summary>
    public TipiListenOptions ListenOptions { get; }

    /// <summary>The section that it comes from.</summary>
    public IConfigurationSection ConfigSection { get; }
}
