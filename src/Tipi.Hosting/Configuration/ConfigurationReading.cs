using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Kestrel;
using Tipi.Hosting.Tls;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Configuration;

/// <summary>The sections that a <see cref="TipiConfigurationLoader"/> brings, as they were read last.</summary>
internal sealed class ConfigurationReading : IOptionsSource
{
    private readonly TipiConfigurationLoader _loader;

    private ConfigurationReading(TipiConfigurationLoader loader)
    {
        _loader = loader;
        Settings = new Settings(loader.Sections);
        DefaultCertificates defaults = Options.Shared.Part<DefaultCertificates>();
        defaults.Open = OpenDefaultCertificate;
        defaults.DevelopmentPassword = () => DevelopmentPassword;
    }

    /// <summary>True when changes are to be followed.</summary>
    internal bool ReloadOnChange => _loader.ReloadOnChange;

    /// <summary>The password of the development certificate's file; null where configuration has none.</summary>
    internal string? DevelopmentPassword => Settings.Text(CertificateSettings.DevelopmentPassword);

    /// <summary>The latest reading.</summary>
    internal Settings Settings { get; private set; }

    private TipiServerOptions Options => _loader.Options;

    /// <summary>What the options were last told to read; null where that is nothing.</summary>
    internal static ConfigurationReading? Of(TipiServerOptions options) =>
        options.Shared.Configured as ConfigurationReading;

    /// <summary>Reads everything, and sets what is said of the server.</summary>
    internal static ConfigurationReading Read(TipiConfigurationLoader loader)
    {
        var reading = new ConfigurationReading(loader);
        if (reading.Settings.IsEmpty) return reading;
        ServerSettings.Apply(reading.Settings, loader.Options);
        LimitSettings.Apply(reading.Settings, "Limits", loader.Options.Limits);
        return reading;
    }

    /// <summary>What every endpoint starts from.</summary>
    public void ApplyTo(TipiListenOptions endpoint)
    {
        if (Settings.IsEmpty) return;
        EndpointSettings.Apply(Settings, EndpointSettings.Defaults, endpoint);
        // Wrong values are told now, whoever needs them.
        TlsSettings.Apply(Settings, EndpointSettings.Defaults, new HttpsConnectionAdapterOptions());
    }

    /// <summary>What every endpoint with HTTPS starts from.</summary>
    public void ApplyTo(HttpsConnectionAdapterOptions options)
    {
        if (!Settings.IsEmpty) TlsSettings.Apply(Settings, EndpointSettings.Defaults, options);
    }

    /// <summary>The certificate of endpoints without their own; null where configuration has none.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used; the message names the key.</exception>
    internal CertificateSlot? OpenDefaultCertificate() =>
        CertificateSettings.Open(Settings, CertificateSettings.Default, Options);

    /// <summary>Tells of the next change.</summary>
    internal IChangeToken Watch()
    {
        return new CompositeChangeToken([.. _loader.Sections.Select(section => section.GetReloadToken())]);
    }

    /// <summary>Reads everything anew.</summary>
    internal void ReadAgain() => Settings = new Settings(_loader.Sections);

    /// <summary>
    /// Reads what the start alone makes hold, so that wrong values are found and known keys are not called unknown.
    /// </summary>
    /// <exception cref="InvalidOperationException">A value is wrong; the message names its key.</exception>
    internal void ReadServer()
    {
        if (Settings.IsEmpty) return;
        var unused = new TipiServerOptions();
        ServerSettings.Apply(Settings, unused);
        LimitSettings.Apply(Settings, "Limits", unused.Limits);
    }

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
        TipiListenOptions options = new TipiListenOptions(address.EndPoint, Options.Shared, address.IsLocalhost);
        options.Configured = endpoint;
        options.Name = endpoint.Name;
        endpoint.Apply(options);
        HttpsSetup tls = address.IsHttps ? endpoint.ReadTls(Options) : new HttpsSetup(new());
        var configured = new TipiEndpointConfiguration(options, SectionOf(endpoint), address.IsHttps, tls.Options);
        (Options.Shared.Told as KestrelOptions)?.Complete(options, configured);
        _loader.Complete(endpoint.Name, configured);
        // Defaults or the application's code may have said UseHttps already.
        if (address.IsHttps && options.Tls is null) options.UseTls(new OptionsPolicy(() => tls));
        return options;
    }

    private IConfigurationSection SectionOf(ConfiguredEndpoint endpoint) =>
        _loader.Sections.Select(section => section.GetSection(endpoint.Key)).FirstOrDefault(section => section.Exists())
            ?? _loader.Sections[0].GetSection(endpoint.Key);
}
