using Tipi.Hosting.Tls;

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
        Identity = Fingerprint(key) + Fingerprint(EndpointSettings.Defaults);
    }

    internal string Name { get; }

    /// <summary>Its key below the sections.</summary>
    internal string Key { get; }

    internal string Url { get; }

    /// <summary>Equal for two readings between which the endpoint need not be bound anew.</summary>
    internal string Identity { get; }

    /// <summary>The whole key of its address, for messages.</summary>
    internal string UrlPath => _settings.PathOf($"{Key}:Url");

    /// <summary>Null for an endpoint that comes from elsewhere.</summary>
    internal static ConfiguredEndpoint? Of(TipiListenOptions options) => options.Configured as ConfiguredEndpoint;

    internal void Apply(TipiListenOptions options) => EndpointSettings.Apply(_settings, Key, options);

    /// <summary>What is said of TLS, with the certificates opened.</summary>
    /// <exception cref="InvalidOperationException">A value or a certificate is wrong; the message names the key.
    /// </exception>
    internal HttpsSetup ReadTls(TipiServerOptions options) => TlsSettings.Read(_settings, Key, options);

    // Limits and certificates hold for the next connection, on the same socket.
    private string Fingerprint(string key) =>
        _settings.Fingerprint(key, [$"{key}:Limits", .. TlsSettings.Keys.Select(tls => $"{key}:{tls}")]);
}
