using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>Finds a certificate in a store of the system by its subject.</summary>
internal static class StoreCertificate
{
    /// <param name="subject">A part of the subject's name.</param>
    /// <param name="storeName">The store, as <c>My</c>.</param>
    /// <param name="location">Whose store.</param>
    /// <param name="allowInvalid">Also one that is not trusted or has expired.</param>
    /// <returns>The one that is valid the longest.</returns>
    /// <exception cref="InvalidOperationException">There is none that can serve, or no such store.</exception>
    internal static X509Certificate2 Find(string subject, string storeName, StoreLocation location, bool allowInvalid)
    {
        using X509Store store = Open(storeName, location);
        X509Certificate2[] found = [.. store.Certificates.Find(X509FindType.FindBySubjectName, subject, !allowInvalid)];
        X509Certificate2? best = found
            .Where(one => one.HasPrivateKey && CertificateChecks.IsForServers(one))
            .MaxBy(one => one.NotAfter);
        foreach (X509Certificate2 other in found.Where(one => one != best)) other.Dispose();
        string valid = allowInvalid ? "" : "valid ";
        string remedy = allowInvalid ? "" : ", or set AllowInvalid to accept one that is not trusted";
        return best ?? throw new InvalidOperationException(
            $"The store {location}/{storeName} has no {valid}server certificate with a private key whose subject "
            + $"contains \"{subject}\". Import one{remedy}.");
    }

    /// <summary>The same certificate with its private key, where the system's stores have it; else as it is.</summary>
    internal static X509Certificate2 WithKey(X509Certificate2 certificate)
    {
        if (certificate.HasPrivateKey) return certificate;
        foreach (StoreLocation location in (StoreLocation[])[StoreLocation.LocalMachine, StoreLocation.CurrentUser])
        {
            try
            {
                using X509Store store = Open(nameof(StoreName.My), location);
                X509Certificate2? whole = store.Certificates
                    .Find(X509FindType.FindByThumbprint, certificate.Thumbprint, validOnly: false)
                    .FirstOrDefault(one => one.HasPrivateKey);
                if (whole is not null) return whole;
            }
            catch (InvalidOperationException)
            {
                // There is no such store; that the key is missing is said by who needs it.
            }
        }
        return certificate;
    }

    private static X509Store Open(string storeName, StoreLocation location)
    {
        var store = new X509Store(storeName, location);
        try
        {
            store.Open(OpenFlags.ReadOnly);
            return store;
        }
        catch (Exception error) when (error is CryptographicException or PlatformNotSupportedException)
        {
            store.Dispose();
            throw new InvalidOperationException(
                $"The certificate store {location}/{storeName} cannot be opened: {error.Message} Correct Store and "
                + "Location; on Linux a user's store is CurrentUser/My.", error);
        }
    }
}
