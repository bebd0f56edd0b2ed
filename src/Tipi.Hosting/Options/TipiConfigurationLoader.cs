using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting;

/// <summary>Loads the endpoints from configuration.</summary>
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
    /// Completes the configured endpoint <c>Endpoints:{name}</c> in code. Has no effect while configuration has no such
    /// endpoint.
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
