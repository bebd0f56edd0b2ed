using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Interop.Tests.Tools;

/// <summary>
/// An authority of this process, its certificate for the loopback, and one for a client. They are files of a temporary
/// folder as well, which goes with the process.
/// </summary>
internal sealed class SiteCertificates
{
    private static readonly Lazy<SiteCertificates> s_shared = new(() => new SiteCertificates());

    private SiteCertificates()
    {
        Folder = Directory.CreateTempSubdirectory("tipi-certificates-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(Folder, recursive: true);
        using X509Certificate2 authority = MakeAuthority();
        File.WriteAllText(AuthorityPath, authority.ExportCertificatePem());
        Site = Issue(authority, "localhost", "1.3.6.1.5.5.7.3.1");
        Client = Issue(authority, "tipi client", "1.3.6.1.5.5.7.3.2");
    }

    public static SiteCertificates Shared => s_shared.Value;

    public X509Certificate2 Site { get; }

    public X509Certificate2 Client { get; }

    public string AuthorityPath => Path.Combine(Folder, "authority.pem");

    public string SitePath => PathOf("localhost", ".pem");

    public string SiteKeyPath => PathOf("localhost", ".key");

    public string ClientPath => PathOf("tipi client", ".pem");

    public string ClientKeyPath => PathOf("tipi client", ".key");

    private string Folder { get; }

    /// <summary>What a client needs to trust <see cref="Site"/>, and a server <see cref="Client"/>.</summary>
    public X509ChainPolicy TrustOfAuthority() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(AuthorityPath) },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tipi authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private X509Certificate2 Issue(X509Certificate2 authority, string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using X509Certificate2 issued = request.Create(
            authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1),
            RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(PathOf(name, ".pem"), issued.ExportCertificatePem());
        File.WriteAllText(PathOf(name, ".key"), key.ExportPkcs8PrivateKeyPem());
        return issued.CopyWithPrivateKey(key);
    }

    private string PathOf(string name, string extension) => Path.Combine(Folder, name + extension);
}
