using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting;

/// <summary>An endpoint that configuration gives, to be completed in code.</summary>
public sealed class TipiEndpointConfiguration
{
    internal TipiEndpointConfiguration(TipiListenOptions listenOptions, IConfigurationSection configSection)
    {
        ListenOptions = listenOptions;
        ConfigSection = configSection;
    }

    /// <summary>The endpoint, with what configuration says of it.</summary>
    public TipiListenOptions ListenOptions { get; }

    /// <summary>The section that it comes from.</summary>
    public IConfigurationSection ConfigSection { get; }
}
