using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>What a server's certificate must be, and what clients will complain about.</summary>
internal static class CertificateChecks
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string SubjectAlternativeName = "2.5.29.17";

    /// <summary>Of security level 2, which distributions and OpenSSL 3.2 have by default.</summary>
    private const int LeastRsaBits = 2048;

    /// <exception cref="InvalidOperationException">It cannot serve: the key is missing, or it is for other uses.
    /// </exception>
    internal static void EnsureForServer(X509Certificate2 certificate)
    {
        if (!certificate.HasPrivateKey)
            throw new InvalidOperationException(
                $"The certificate {certificate.Subject} ({certificate.Thumbprint}) has no private key. Provide the "
                + "key as well, in a PFX file or with CopyWithPrivateKey.");
        if (!IsForServers(certificate))
            throw new InvalidOperationException(
                $"The certificate {certificate.Subject} ({certificate.Thumbprint}) is not for servers: its extended "
                + $"key usage does not include Server Authentication ({ServerAuthentication}). Use one that does.");
    }

    /// <summary>True without an extended key usage as well: then nothing is forbidden (RFC 5280 §4.2.1.12).</summary>
    internal static bool IsForServers(X509Certificate2 certificate)
    {
        bool isLimited = false;
        foreach (X509EnhancedKeyUsageExtension usages in
            certificate.Extensions.OfType<X509EnhancedKeyUsageExtension>())
        {
            isLimited = true;
            // Our own copy: X509EnhancedKeyUsageExtension decodes itself at the first look, and two servers of a
            // process that look at once can see the list while it is still being filled.
            foreach (Oid usage in new X509EnhancedKeyUsageExtension(usages, usages.Critical).EnhancedKeyUsages)
                if (usage.Value == ServerAuthentication) return true;
        }
        return !isLimited;
    }

    /// <summary>Logs what clients will not like.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="origin">Where it comes from, to be shown.</param>
    /// <param name="log">For certificates.</param>
    internal static void Warn(X509Certificate2 certificate, string origin, ILogger log)
    {
        DateTime now = DateTime.Now;
        if (certificate.NotAfter < now) log.CertificateExpired(origin, certificate.Thumbprint, certificate.NotAfter);
        if (certificate.NotBefore > now)
            log.CertificateNotYetValid(origin, certificate.Thumbprint, certificate.NotBefore);
        if (certificate.Extensions[SubjectAlternativeName] is null)
            log.NoSubjectAlternativeName(origin, certificate.Thumbprint);
        using RSA? rsa = certificate.GetRSAPublicKey();
        if (rsa is { KeySize: < LeastRsaBits }) log.WeakKey(origin, certificate.Thumbprint, rsa.KeySize);
    }
}
