using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>Certificates from configuration, good and bad.</summary>
internal sealed class CertificatesArea : IArea
{
    private const string One = "Kestrel:Endpoints:One";

    public string Name => "Certificates from configuration";

    public string Meaning =>
        "The certificates that clients get for the names `a.test`, `b.a.test` and `c.test`, or the exception at "
        + "startup.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        string folder = Directory.CreateTempSubdirectory("parity-").FullName;
        try
        {
            WriteFiles(folder);
            var values = new Dictionary<string, string>();
            foreach (var (name, keys) in Cases()) values[name] = await AskCaseAsync(subject, folder, keys);
            return values;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void WriteFiles(string folder)
    {
        foreach (string name in (string[])["one", "two"])
        {
            using X509Certificate2 certificate = TestCertificate.Make($"{name}.test");
            File.WriteAllBytes(
                Path.Combine(folder, $"{name}.pfx"), certificate.Export(X509ContentType.Pfx, TestCertificate.Password));
            File.WriteAllText(Path.Combine(folder, $"{name}.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(folder, $"{name}.key"), TestCertificate.KeyPem(certificate));
        }
        File.WriteAllText(Path.Combine(folder, "broken.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n");
        File.WriteAllText(Path.Combine(folder, "empty.pem"), "");
        File.WriteAllBytes(Path.Combine(folder, "broken.pfx"), [1, 2, 3]);
    }

    private static IEnumerable<(string Name, (string Key, string Value)[] Keys)> Cases() =>
    [
        ("PFX and password", Of(Pfx($"{One}:Certificate", "one"))),
        ("PEM and key", Of(Pem($"{One}:Certificate", "one.pem", "one.key"))),
        ("default certificate", Of(Pfx("Kestrel:Certificates:Default", "one"))),
        ("default certificate of an address", [("urls", "https://127.0.0.1:0"),
            .. Pfx("Kestrel:Certificates:Default", "one")]),
        ("default certificate and an own one",
            Of([.. Pfx("Kestrel:Certificates:Default", "one"), .. Pfx($"{One}:Certificate", "two")])),
        ("names", Of([.. Pfx($"{One}:Sni:a.test:Certificate", "one"), .. Pfx($"{One}:Sni:*:Certificate", "two")])),
        ("names with a wildcard",
            Of([.. Pfx($"{One}:Sni:*.a.test:Certificate", "one"), .. Pfx($"{One}:Sni:*:Certificate", "two")])),
        ("names without a default", Of(Pfx($"{One}:Sni:a.test:Certificate", "one"))),
        ("names that share a certificate",
            Of([.. Pfx($"{One}:Certificate", "one"), ($"{One}:Sni:a.test:Protocols", "Http1")])),
        ("name without a certificate", Of([($"{One}:Sni:a.test:Protocols", "Http1")])),
        ("wrong password", Of([($"{One}:Certificate:Path", "{}/one.pfx"), ($"{One}:Certificate:Password", "x")])),
        ("no password", Of([($"{One}:Certificate:Path", "{}/one.pfx")])),
        ("no file", Of([($"{One}:Certificate:Path", "{}/none.pfx")])),
        ("no key file", Of(Pem($"{One}:Certificate", "one.pem", "none.key"))),
        ("key of another certificate", Of(Pem($"{One}:Certificate", "one.pem", "two.key"))),
        ("PEM without a key", Of([($"{One}:Certificate:Path", "{}/one.pem")])),
        ("broken PFX", Of([($"{One}:Certificate:Path", "{}/broken.pfx")])),
        ("broken PEM", Of(Pem($"{One}:Certificate", "broken.pem", "one.key"))),
        ("empty PEM", Of(Pem($"{One}:Certificate", "empty.pem", "one.key"))),
        ("path and subject",
            Of([.. Pfx($"{One}:Certificate", "one"), ($"{One}:Certificate:Subject", "one.test")])),
        ("subject that no store has", Of([($"{One}:Certificate:Subject", "parity.test")])),
        ("unknown store",
            Of([($"{One}:Certificate:Subject", "parity.test"), ($"{One}:Certificate:Store", "NoSuchStore")])),
        ("unknown client mode",
            Of([.. Pfx($"{One}:Certificate", "one"), ($"{One}:ClientCertificateMode", "Some")])),
        ("unknown TLS version", Of([.. Pfx($"{One}:Certificate", "one"), ($"{One}:SslProtocols:0", "Tls9")])),
        ("TLS 1.3 only", Of([.. Pfx($"{One}:Certificate", "one"), ($"{One}:SslProtocols:0", "Tls13")])),
        ("certificate of an endpoint without TLS",
            [($"{One}:Url", "http://127.0.0.1:0"), .. Pfx($"{One}:Certificate", "one")]),
        ("names of an endpoint without TLS",
            [($"{One}:Url", "http://127.0.0.1:0"), .. Pfx($"{One}:Sni:*:Certificate", "one")]),
        ("only HTTP/3", Of([.. Pfx($"{One}:Certificate", "one"), ($"{One}:Protocols", "Http3")])),
    ];

    private static (string Key, string Value)[] Of((string Key, string Value)[] keys) =>
        [($"{One}:Url", "https://127.0.0.1:0"), .. keys];

    private static (string Key, string Value)[] Pfx(string section, string name) =>
        [($"{section}:Path", "{}/" + name + ".pfx"), ($"{section}:Password", TestCertificate.Password)];

    private static (string Key, string Value)[] Pem(string section, string file, string key) =>
        [($"{section}:Path", "{}/" + file), ($"{section}:KeyPath", "{}/" + key)];

    private static async Task<string> AskCaseAsync(
        Subject subject, string folder, IEnumerable<(string Key, string Value)> keys)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(
            new WebApplicationOptions { ContentRootPath = folder });
        builder.Configuration.AddInMemoryCollection(keys.Select(one => KeyValuePair.Create(
            one.Key, (string?)one.Value.Replace("{}", folder, StringComparison.Ordinal))));
        builder.Logging.ClearProviders();
        if (subject != Subject.Kestrel)
            builder.WebHost.UseTipi(options => options.Transport = Subjects.TransportOf(subject));
        try
        {
            await using WebApplication app = builder.Build();
            await app.StartAsync();
            string address = app.Services.GetRequiredService<IServer>().Features
                .Get<IServerAddressesFeature>()!.Addresses.Single();
            string shown = await ShowAsync(new Uri(address));
            await app.StopAsync();
            return shown;
        }
        catch (Exception error)
        {
            return $"fails: {error.GetType().Name}";
        }
    }

    private static async Task<string> ShowAsync(Uri address)
    {
        if (address.Scheme == "http") return "http";
        var shown = new List<string>();
        foreach (string name in (string[])["a.test", "b.a.test", "c.test"])
            shown.Add($"{name}: {await ShakeHandsAsync(address.Port, name)}");
        return $"{address.Scheme}, {string.Join(", ", shown)}";
    }

    private static async Task<string> ShakeHandsAsync(int port, string name)
    {
        SslClientAuthenticationOptions options = Links.Tls();
        options.TargetHost = name;
        try
        {
            await using SslStream stream = await Links.EncryptAsync(await Links.ConnectAsync(port), options);
            return stream.RemoteCertificate!.Subject["CN=".Length..].Replace(".test", "", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is AuthenticationException or IOException)
        {
            return "refused";
        }
    }
}
