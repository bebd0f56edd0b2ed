using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Reads what is said of TLS: <c>SslProtocols</c>, <c>ClientCertificateMode</c>, <c>Certificate</c>, and the same by
/// host name in <c>Sni</c>.
/// </summary>
internal static class TlsSettings
{
    /// <summary>What only an endpoint with TLS can have. A change of them needs no new socket.</summary>
    internal static readonly string[] Keys = ["Certificate", "ClientCertificateMode", "SslProtocols", "Sni"];

    private static readonly SettingKind<SslProtocols> s_version = new(
        "a list of Tls12 and Tls13, or None for the system's defaults", ParseVersion);

    /// <summary>Sets what is said below a key, but for certificates.</summary>
    internal static void Apply(Settings settings, string key, HttpsConnectionAdapterOptions options)
    {
        SetVersions(settings, key, value => options.SslProtocols = value);
        SetMode(settings, key, value => options.ClientCertificateMode = value);
    }

    /// <summary>Reads an endpoint whose address is https.</summary>
    /// <exception cref="InvalidOperationException">A value or a certificate is wrong; the message names the key.
    /// </exception>
    internal static HttpsSetup Read(Settings settings, string key, TipiServerOptions server)
    {
        var options = new HttpsConnectionAdapterOptions();
        server.Shared.ApplyTo(options);
        Apply(settings, key, options);
        var slot = CertificateSettings.Open(settings, $"{key}:Certificate", server);
        slot?.Current.CopyTo(options);
        string sni = $"{key}:Sni";
        return new HttpsSetup(options)
        {
            Source = slot,
            Names = [.. settings.Children(sni).Select(host => ReadName(settings, $"{sni}:{host}", host, server))],
        };
    }

    private static SniEntry ReadName(Settings settings, string key, string host, TipiServerOptions server)
    {
        if (!HostNames<SniEntry>.IsHost(host))
            throw new InvalidOperationException(
                $"{settings.PathOf(key)}: \"{host}\" must be a host name, such as www.example.com, "
                + "*.example.com or *.");
        var name = new SniEntry(host);
        settings.Set($"{key}:Protocols", SettingKinds.SomeOf<HttpProtocols>(), value => name.Protocols = value);
        SetVersions(settings, key, value => name.SslProtocols = value);
        SetMode(settings, key, value => name.ClientCertificateMode = value);
        name.Certificate = CertificateSettings.Open(settings, $"{key}:Certificate", server);
        return name;
    }

    private static void SetMode(Settings settings, string key, Action<ClientCertificateMode> set) =>
        settings.Set($"{key}:ClientCertificateMode", SettingKinds.OneOf<ClientCertificateMode>(), set);

    private static void SetVersions(Settings settings, string key, Action<SslProtocols> set)
    {
        string all = $"{key}:SslProtocols";
        settings.Set(all, s_version, set);
        SslProtocols? versions = null;
        foreach (string index in settings.Children(all))
            settings.Set($"{all}:{index}", s_version, value => versions = (versions ?? SslProtocols.None) | value);
        if (versions is { } found) set(found);
    }

    private static SslProtocols ParseVersion(string text)
    {
        SslProtocols versions = SettingKinds.SomeOf<SslProtocols>().Parse(text);
        return TlsVersions.AreKnown(versions) ? versions : throw new FormatException();
    }
}
