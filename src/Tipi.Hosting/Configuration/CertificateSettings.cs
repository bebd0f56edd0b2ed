using System.Security.Cryptography.X509Certificates;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Configuration;

/// <summary>
/// Opens the certificate that a section describes: <c>Path</c>, <c>KeyPath</c>, <c>Password</c>, or <c>Subject</c>,
/// <c>Store</c>, <c>Location</c>, <c>AllowInvalid</c>.
/// </summary>
internal static class CertificateSettings
{
    /// <summary>All that is said of certificates for more than one endpoint.</summary>
    internal const string Certificates = "Certificates";

    /// <summary>The certificate of endpoints without their own.</summary>
    internal const string Default = $"{Certificates}:Default";

    /// <summary>The password of the development certificate's file.</summary>
    internal const string DevelopmentPassword = $"{Certificates}:Development:Password";

    /// <summary>Null where nothing is said.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used; the message names the key.</exception>
    internal static CertificateSlot? Open(Settings settings, string key, TipiServerOptions options)
    {
        if (!settings.Has(key)) return null;
        string? path = settings.Text($"{key}:Path"), subject = settings.Text($"{key}:Subject");
        string where = settings.PathOf(key);
        if ((path is null) == (subject is null))
            throw new InvalidOperationException(
                $"{where} has {(path is null ? "neither a Path nor a" : "both a Path and a")} Subject. Set Path for a "
                + "file, or Subject for a certificate in a store.");
        return path is null
            ? FromStore(settings, key, subject!)
            : options.Shared.Part<CertificateBook>().Open(
                FilesOf(settings, key, path, options), CertificateNames.Below(where));
    }

    private static CertificateFiles FilesOf(Settings settings, string key, string path, TipiServerOptions options)
    {
        string? keyPath = settings.Text($"{key}:KeyPath");
        return new CertificateFiles(
            ContentPath.Of(options.Shared, path), keyPath is null ? null : ContentPath.Of(options.Shared, keyPath),
            settings.Text($"{key}:Password"));
    }

    private static CertificateSlot FromStore(Settings settings, string key, string subject)
    {
        string store = settings.Text($"{key}:Store") ?? nameof(StoreName.My);
        StoreLocation location = StoreLocation.CurrentUser;
        bool allowInvalid = false;
        settings.Set($"{key}:Location", SettingKinds.OneOf<StoreLocation>(), value => location = value);
        settings.Set($"{key}:AllowInvalid", SettingKinds.Flag, value => allowInvalid = value);
        try
        {
            X509Certificate2 found = StoreCertificate.Find(subject, store, location, allowInvalid);
            return new CertificateSlot(new ServedCertificate(found, chain: null), $"{location}/{store}");
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"{settings.PathOf(key)}: {error.Message}", error);
        }
    }
}
