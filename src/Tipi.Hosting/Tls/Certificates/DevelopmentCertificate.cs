using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>
/// The certificate that <c>dotnet dev-certs https</c> makes: in the user's store, or in a PFX file in the user's
/// folder, which containers use.
/// </summary>
internal static class DevelopmentCertificate
{
    /// <summary>Marks it; the value is the version of the tool that made it.</summary>
    private const string Mark = "1.3.6.1.4.1.311.84.1.1";

    private const string Subject = "CN=localhost";

    /// <summary>The newest valid one of the user's store; null without one.</summary>
    internal static X509Certificate2? FromStore(ILogger log)
    {
        try
        {
            using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser);
            store.Open(OpenFlags.ReadOnly | OpenFlags.OpenExistingOnly);
            X509Certificate2[] all = [.. store.Certificates];
            X509Certificate2? best = all.Where(IsUsable)
                .OrderByDescending(VersionOf).ThenByDescending(one => one.NotAfter).FirstOrDefault();
            foreach (X509Certificate2 other in all.Where(one => one != best)) other.Dispose();
            if (best is not null) Report(best, log);
            return best;
        }
        catch (CryptographicException)
        {
            return null; // no store: nobody has made one
        }
    }

    /// <summary>The one in <c>{application}.pfx</c> in the user's folder; null without one that can be used.</summary>
    /// <param name="application">The application's name.</param>
    /// <param name="password">The file's.</param>
    /// <param name="log">For certificates.</param>
    internal static X509Certificate2? FromFile(string application, string password, ILogger log)
    {
        string path = PathOf(application);
        if (!File.Exists(path)) return null;
        try
        {
            X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12FromFile(path, password);
            if (certificate.Subject == Subject && IsUsable(certificate))
            {
                log.DevelopmentCertificateUsed(certificate.Thumbprint);
                return certificate;
            }
            certificate.Dispose();
            throw new CryptographicException("It is not a development certificate, or it has expired.");
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            log.DevelopmentCertificateBad(error, path);
            return null;
        }
    }

    private static string PathOf(string application) =>
        Environment.GetEnvironmentVariable("APPDATA") is { Length: > 0 } data
            ? Path.Combine(data, "ASP.NET", "https", $"{application}.pfx")
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aspnet", "https",
                $"{application}.pfx");

    private static bool IsUsable(X509Certificate2 certificate)
    {
        DateTime now = DateTime.Now;
        return certificate.Extensions[Mark] is not null && certificate.HasPrivateKey
            && certificate.NotBefore <= now && now <= certificate.NotAfter;
    }

    // The first ones had a text in place of a version.
    private static int VersionOf(X509Certificate2 certificate) =>
        certificate.Extensions[Mark]!.RawData is [var version] ? version : 0;

    private static void Report(X509Certificate2 certificate, ILogger log)
    {
        log.DevelopmentCertificateUsed(certificate.Thumbprint);
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        if (!chain.Build(certificate)) log.DevelopmentCertificateNotTrusted();
    }
}
