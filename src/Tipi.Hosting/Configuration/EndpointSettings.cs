using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Protocols.Http;

namespace Tipi.Hosting.Configuration;

/// <summary>Reads what is said of endpoints: of one, or of all of them in <c>EndpointDefaults</c>.</summary>
internal static class EndpointSettings
{
    internal const string Defaults = "EndpointDefaults";

    internal const string Endpoints = "Endpoints";

    /// <summary>The endpoints, by name.</summary>
    /// <exception cref="InvalidOperationException">One has no address, or says what only TLS understands.</exception>
    internal static IReadOnlyList<ConfiguredEndpoint> Read(Settings settings)
    {
        var endpoints = new List<ConfiguredEndpoint>();
        foreach (string name in settings.Children(Endpoints)) endpoints.Add(Read(settings, name));
        return endpoints;
    }

    /// <summary>Sets what is said below a key; addresses are another matter.</summary>
    internal static void Apply(Settings settings, string key, TipiListenOptions options)
    {
        settings.Set($"{key}:Protocols", SettingKinds.SomeOf<HttpProtocols>(), value => options.Protocols = value);
        settings.Set($"{key}:Strictness", SettingKinds.OneOf<HttpStrictness>(), value => options.Strictness = value);
        settings.Set(
            $"{key}:PlainRequests", SettingKinds.OneOf<PlainRequestAnswer>(), value => options.PlainRequests = value);
        ProxyProtocolSettings.Apply(settings, key, options);
        UnixSocketSettings.Apply(settings, key, options);
        string limitsKey = $"{key}:Limits";
        if (!settings.Has(limitsKey)) return;
        LimitSettings.Apply(settings, limitsKey, new TipiServerLimits()); // wrong values are told now
        options.ConfigureLimits(limits => LimitSettings.Apply(settings, limitsKey, limits));
    }

    private static ConfiguredEndpoint Read(Settings settings, string name)
    {
        string key = $"{Endpoints}:{name}";
        string url = settings.Text($"{key}:Url") ?? throw new InvalidOperationException(
            $"The endpoint {settings.PathOf(key)} has no Url. Set one, such as http://*:8080.");
        bool isTls = url.StartsWith("https:", StringComparison.OrdinalIgnoreCase);
        string? tlsKey = isTls ? null : TlsSettings.Keys.FirstOrDefault(one => settings.Has($"{key}:{one}"));
        if (tlsKey is not null)
            throw new InvalidOperationException(
                $"{settings.PathOf($"{key}:{tlsKey}")} is valid for https only, but the Url of the endpoint is {url}.");
        return new ConfiguredEndpoint(name, key, url, settings);
    }
}
