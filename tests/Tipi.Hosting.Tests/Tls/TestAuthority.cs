using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>A root, an intermediate authority below it, and the certificates that this one issues.</summary>
internal sealed class TestAuthority : IDisposable
{
    internal const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    internal const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    // One moment for all: an issuer must not end before what it issues, and a second may pass between two looks.
    private readonly DateTimeOffset _now = DateTimeOffset.UtcNow;
    private int _serial;

    internal TestAuthority()
    {
        using ECDsa rootKey = NewKey(), middleKey = NewKey();
        Root = RequestAuthority("CN=Tipi test root", rootKey).CreateSelfSigned(Begin, End);
        CertificateRequest middle = RequestAuthority("CN=Tipi test intermediate", middleKey);
        using X509Certificate2 bare = middle.Create(Root, Begin, End, NextSerial());
        Intermediate = bare.CopyWithPrivateKey(middleKey);
    }

    internal X509Certificate2 Root { get; }

    internal X509Certificate2 Intermediate { get; }

    private DateTimeOffset Begin => _now.AddDays(-10);

    private DateTimeOffset End => _now.AddDays(10);

    /// <summary>A server's certificate with its key, for host names.</summary>
    internal X509Certificate2 Issue(params string[] hosts) => Issue(hosts, ServerUsage);

    internal X509Certificate2 IssueClient(string name) => Issue([name], ClientUsage);

    /// <param name="hosts">The first one is the common name; they are alternative names, but for an empty one.</param>
    /// <param name="usage">The extended key usage; null for none.</param>
    /// <param name="hasNames">With alternative names.</param>
    /// <param name="endsInDays">When it expires.</param>
    internal X509Certificate2 Issue(string[] hosts, string? usage, bool hasNames = true, double endsInDays = 5)
    {
        using ECDsa key = NewKey();
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        if (usage is not null)
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        var names = new SubjectAlternativeNameBuilder();
        foreach (string host in hosts) names.AddDnsName(host);
        if (hasNames) request.CertificateExtensions.Add(names.Build());
        DateTimeOffset end = _now.AddDays(endsInDays);
        using X509Certificate2 bare = request.Create(Intermediate, Begin.AddDays(1), end, NextSerial());
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>A PFX file with certificate, key and intermediate.</summary>
    internal byte[] ToPfx(X509Certificate2 certificate, string? password)
    {
        using X509Certificate2 middle = X509CertificateLoader.LoadCertificate(Intermediate.RawData);
        return new X509Certificate2Collection { certificate, middle }.Export(X509ContentType.Pkcs12, password)!;
    }

    /// <summary>PEM: certificate and intermediate.</summary>
    internal string ToPem(X509Certificate2 certificate) =>
        $"{certificate.ExportCertificatePem()}\n{Intermediate.ExportCertificatePem()}\n";

    internal static string KeyOf(X509Certificate2 certificate)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    internal static string EncryptedKeyOf(X509Certificate2 certificate, string password)
    {
        using ECDsa key = certificate.GetECDsaPrivateKey()!;
        return key.ExportEncryptedPkcs8PrivateKeyPem(
            password, new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1000));
    }

    public void Dispose()
    {
        Root.Dispose();
        Intermediate.Dispose();
    }

    private static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private byte[] NextSerial() => BitConverter.GetBytes(0x0102030405060700L + ++_serial);

    private static CertificateRequest RequestAuthority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
