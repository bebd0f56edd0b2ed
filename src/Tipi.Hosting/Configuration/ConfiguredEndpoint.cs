namespace Tipi.Hosting.Configuration;

/// <summary>An endpoint as configured.</summary>
internal sealed class ConfiguredEndpoint
{
    private readonly Settings _settings;

    internal ConfiguredEndpoint(string name, string key, string url, Settings settings)
    {
        Name = name;
        Key = key;
        Url = url;
        _settings = settings;
        string limits = $"{key}:Limits";
        Identity = settings.Fingerprint(key, except: limits)
            + settings.Fingerprint(EndpointSettings.Defaults, except: $"{EndpointSettings.Defaults}:Limits");
    }

    internal string Name { get; }

    /// <summary>Its key below the sections.</summary>
    internal string Key { get; }

    internal string Url { get; }

    /// <summary>Equal for two readings between which the endpoint need not be bound anew.</summary>
    internal string Identity { get; }

    /// <summary>The whole key of its address, for messages.</summary>
    internal string UrlPath => _settings.PathOf($"{Key}:Url");

    internal void Apply(TipiListenOptions options) => EndpointSettings.Apply(_settings, Key, options);
}
