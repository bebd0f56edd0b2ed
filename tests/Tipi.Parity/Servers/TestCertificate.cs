using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Parity.Servers;

/// <summary>A certificate for the loopback, and the ways to write it to files.</summary>
internal static class TestCertificate
{
    /// <summary>The file's password where it has one.</summary>
    internal const string Password = "parity";

    internal static X509Certificate2 Own { get; } = Make("localhost");

    internal static X509Certificate2 Make(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), password: null);
    }

    internal static string KeyPem(X509Certificate2 certificate) =>
        certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
}
