using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting;

/// <summary>Brings the endpoints that are given in configuration to the server.</summary>
public sealed class TipiConfigurationLoader
{
    private readonly Dictionary<string, Action<TipiEndpointConfiguration>> _named =
        new(StringComparer.OrdinalIgnoreCase);

    internal TipiConfigurationLoader(TipiServerOptions options, IConfiguration[] sections, bool reloadOnChange)
    {
        Options = options;
        Sections = sections;
        ReloadOnChange = reloadOnChange;
    }

    /// <summary>The options that the endpoints belong to.</summary>
    public TipiServerOptions Options { get; }

    /// <summary>What is read; the first one that has a key wins.</summary>
    internal IReadOnlyList<IConfiguration> Sections { get; }

    internal bool ReloadOnChange { get; }

    /// <summary>
    /// Completes in code what configuration says of the endpoint <c>Endpoints:{name}</c>. Does nothing while
    /// configuration has no such endpoint.
    /// </summary>
    public TipiConfigurationLoader Endpoint(string name, Action<TipiEndpointConfiguration> configure)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(configure);
        _named[name] = configure;
        return this;
    }

    /// <summary>Lets code complete an endpoint of configuration, if it wants to.</summary>
    internal void Complete(string name, TipiEndpointConfiguration endpoint)
    {
        if (_named.TryGetValue(name, out Action<TipiEndpointConfiguration>? configure)) configure(endpoint);
    }
}
