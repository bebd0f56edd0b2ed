using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Configuration;
using Tipi.Hosting.Endpoints;

namespace Tipi.Hosting;

/// <summary>Brings the endpoints that are given in configuration to the server.</summary>
public sealed class TipiConfigurationLoader
{
    private readonly IReadOnlyList<IConfiguration> _sections;
    private readonly Dictionary<string, Action<TipiEndpointConfiguration>> _named =
        new(StringComparer.OrdinalIgnoreCase);

    internal TipiConfigurationLoader(
        TipiServerOptions options, IReadOnlyList<IConfiguration> sections, bool reloadOnChange)
    {
        Options = options;
        _sections = sections;
        ReloadOnChange = reloadOnChange;
        Settings = new Settings(sections);
    }

    /// <summary>The options that the endpoints belong to.</summary>
    public TipiServerOptions Options { get; }

    internal bool ReloadOnChange { get; }

    /// <summary>The latest reading.</summary>
    internal Settings Settings { get; private set; }

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

    /// <summary>What every endpoint starts from.</summary>
    internal void ApplyDefaults(TipiListenOptions options)
    {
        if (!Settings.IsEmpty) EndpointSettings.Apply(Settings, EndpointSettings.Defaults, options);
    }

    /// <summary>Tells of the next change.</summary>
    internal IChangeToken Watch() =>
        new CompositeChangeToken([.. _sections.Select(section => section.GetReloadToken())]);

    /// <summary>Reads everything anew.</summary>
    internal void Read() => Settings = new Settings(_sections);

    /// <summary>Goes back to an earlier reading.</summary>
    internal void Restore(Settings settings) => Settings = settings;

    /// <summary>The endpoints of the latest reading.</summary>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names its key.</exception>
    internal IReadOnlyList<TipiListenOptions> MakeEndpoints() =>
        Settings.IsEmpty ? [] : [.. EndpointSettings.Read(Settings).Select(MakeEndpoint)];

    private TipiListenOptions MakeEndpoint(ConfiguredEndpoint endpoint)
    {
        TipiListenOptions options = ListenAddress.Parse(endpoint.Url, endpoint.UrlPath).ToOptions(Options);
        options.Configured = endpoint;
        options.Name = endpoint.Name;
        endpoint.Apply(options);
        if (_named.TryGetValue(endpoint.Name, out Action<TipiEndpointConfiguration>? configure))
            configure(new TipiEndpointConfiguration(options, SectionOf(endpoint)));
        return options;
    }

    private IConfigurationSection SectionOf(ConfiguredEndpoint endpoint) =>
        _sections.Select(section => section.GetSection(endpoint.Key)).FirstOrDefault(section => section.Exists())
            ?? _sections[0].GetSection(endpoint.Key);
}
