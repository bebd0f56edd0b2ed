using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Compare.Peers;

/// <summary>
/// One certificate for all servers of a run: self-signed, ECDSA on P-256, as certificate authorities issue by default.
/// Disposing deletes its file.
/// </summary>
internal sealed class TestCertificate : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-compare-tls-");

    public TestCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={ServerName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(ServerName);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        PemFile = Path.Combine(_folder.FullName, "certificate.pem");
        File.WriteAllText(PemFile, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }

    /// <summary>The name that clients ask for.</summary>
    public const string ServerName = "localhost";

    /// <summary>The certificate and its key.</summary>
    public string PemFile { get; }

    public void Dispose() => _folder.Delete(recursive: true);
}
