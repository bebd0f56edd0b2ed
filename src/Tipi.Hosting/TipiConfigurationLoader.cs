using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Configuration;
using Tipi.Hosting.Endpoints;
using Tipi.Hosting.Tls;
using Tipi.Hosting.Tls.Certificates;

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

    /// <summary>The password of the development certificate's file; null where configuration has none.</summary>
    internal string? DevelopmentPassword => Settings.Text(CertificateSettings.DevelopmentPassword);

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
        if (Settings.IsEmpty) return;
        EndpointSettings.Apply(Settings, EndpointSettings.Defaults, options);
        // Wrong values are told now, whoever needs them.
        TlsSettings.Apply(Settings, EndpointSettings.Defaults, new HttpsConnectionAdapterOptions());
    }

    /// <summary>What every endpoint with HTTPS starts from.</summary>
    internal void ApplyHttpsDefaults(HttpsConnectionAdapterOptions options)
    {
        if (!Settings.IsEmpty) TlsSettings.Apply(Settings, EndpointSettings.Defaults, options);
    }

    /// <summary>The certificate of endpoints without their own; null where configuration has none.</summary>
    /// <exception cref="InvalidOperationException">It can not be used; the message names the key.</exception>
    internal CertificateSlot? OpenDefaultCertificate() =>
        CertificateSettings.Open(Settings, CertificateSettings.Default, Options);

    /// <summary>Tells of the next change.</summary>
    internal IChangeToken Watch() =>
        new CompositeChangeToken([.. _sections.Select(section => section.GetReloadToken())]);

    /// <summary>Reads everything anew.</summary>
    internal void Read() => Settings = new Settings(_sections);

    /// <summary>Goes back to an earlier reading.</summary>
    internal void Restore(Settings settings) => Settings = settings;

    /// <summary>The endpoints of the latest reading.</summary>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names its key.</exception>
    internal IReadOnlyList<TipiListenOptions> MakeEndpoints()
    {
        if (Settings.IsEmpty) return [];
        // Read here, so that wrong ones are found and known ones are not called unknown, whoever needs them.
        _ = OpenDefaultCertificate();
        _ = DevelopmentPassword;
        return [.. EndpointSettings.Read(Settings).Select(MakeEndpoint)];
    }

    private TipiListenOptions MakeEndpoint(ConfiguredEndpoint endpoint)
    {
        ListenAddress address = ListenAddress.Parse(endpoint.Url, endpoint.UrlPath);
        TipiListenOptions options = address.ToOptions(Options);
        options.Configured = endpoint;
        options.Name = endpoint.Name;
        endpoint.Apply(options);
        HttpsSetup tls = address.IsHttps ? endpoint.ReadTls(Options) : new HttpsSetup(new());
        if (_named.TryGetValue(endpoint.Name, out Action<TipiEndpointConfiguration>? configure))
            configure(new TipiEndpointConfiguration(options, SectionOf(endpoint), address.IsHttps, tls.Options));
        // Defaults or the application's code may have said UseHttps already.
        if (address.IsHttps && options.Tls is null) options.UseTls(new OptionsPolicy(() => tls));
        return options;
    }

    private IConfigurationSection SectionOf(ConfiguredEndpoint endpoint) =>
        _sections.Select(section => section.GetSection(endpoint.Key)).FirstOrDefault(section => section.Exists())
            ?? _sections[0].GetSection(endpoint.Key);
}
