using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Interop.Tests.Tools;

/// <summary>
/// A user's folder with certificates as the framework keeps them on Linux: the store CurrentUser/My, and files of
/// <c>dotnet dev-certs</c>. The one of whoever runs the tests is not touched.
/// </summary>
internal sealed class CertificateHome : IDisposable
{
    private const string Mark = "1.3.6.1.4.1.311.84.1.1";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-home-");

    internal string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>A certificate for localhost with its key, signed by itself.</summary>
    /// <param name="subject">Its common name.</param>
    /// <param name="days">How long it is valid yet.</param>
    /// <param name="isDevelopment">Marked as one of <c>dotnet dev-certs</c>.</param>
    internal static X509Certificate2 Make(string subject, double days = 1, bool isDevelopment = false)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            $"CN={subject}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: true));
        if (isDevelopment) request.CertificateExtensions.Add(new X509Extension(Mark, [4], critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(days));
    }

    /// <summary>Puts it into the store.</summary>
    internal void Import(X509Certificate2 certificate)
    {
        string file = PathOf($".dotnet/corefx/cryptography/x509stores/my/{certificate.Thumbprint}.pfx");
        File.WriteAllBytes(file, certificate.Export(X509ContentType.Pkcs12));
        // The store refuses files that others may read.
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, OwnerOnly);
    }

    /// <summary>Puts it where containers get their development certificate from.</summary>
    internal void Export(X509Certificate2 certificate, string application, string password) => File.WriteAllBytes(
        PathOf($".aspnet/https/{application}.pfx"), certificate.Export(X509ContentType.Pkcs12, password));

    /// <summary>A file with the certificate alone, for clients to trust.</summary>
    internal string Write(X509Certificate2 certificate)
    {
        string file = PathOf($"{certificate.Thumbprint}.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem());
        return file;
    }

    private string PathOf(string relative)
    {
        string path = System.IO.Path.Combine(Path, relative);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        return path;
    }
}
