using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>
/// Reads a certificate in PEM form: itself first, its chain behind it, its key in another file or in the same.
/// </summary>
internal static class PemCertificate
{
    private const string Certificate = "CERTIFICATE";
    private const string EncryptedKey = "ENCRYPTED PRIVATE KEY";

    /// <exception cref="InvalidOperationException">They cannot be used; the message says why and what to do.
    /// </exception>
    internal static ServedCertificate Load(string text, CertificateFiles files, CertificateNames names)
    {
        X509Certificate2Collection all = ReadAll(text, files, names);
        string key = files.KeyPath is null ? text : CertificateLoading.ReadKey(files, names);
        X509Certificate2 certificate = Join(all[0], key, files, names);
        all.RemoveAt(0);
        return new ServedCertificate(certificate, all);
    }

    private static X509Certificate2Collection ReadAll(string text, CertificateFiles files, CertificateNames names)
    {
        (IReadOnlyList<string> whole, int begun) = PemText.LabelsOf(text);
        // A file that is being written ends in the middle of a block; without this the chain would be cut silently.
        if (whole.Count < begun)
            throw new InvalidOperationException(
                $"{files.Path} is damaged: one of its BEGIN lines has no END. Correct {names.Path} or the file.");
        if (!whole.Contains(Certificate))
            throw new InvalidOperationException(
                $"{files.Path} contains no certificate, only {string.Join(", ", whole)}. Correct {names.Path}.");
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(text);
            return all;
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException(
                $"{files.Path} is damaged: a certificate in it cannot be read. Correct {names.Path} or the file.",
                error);
        }
    }

    private static X509Certificate2 Join(
        X509Certificate2 bare, string key, CertificateFiles files, CertificateNames names)
    {
        string keyPath = files.KeyPath ?? files.Path;
        bool isEncrypted = CheckKey(key, files, names);
        string pem = bare.ExportCertificatePem();
        try
        {
            X509Certificate2 joined = isEncrypted
                ? X509Certificate2.CreateFromEncryptedPem(pem, key, files.Password)
                : X509Certificate2.CreateFromPem(pem, key);
            return OperatingSystem.IsWindows() ? WithStoredKey(joined) : joined;
        }
        // Inside, an argument that is wrong: the key was read and is another certificate's.
        catch (CryptographicException error) when (isEncrypted && error.InnerException is not ArgumentException)
        {
            throw new InvalidOperationException(
                $"The key {keyPath} cannot be read: its password is wrong, or it is damaged. Correct "
                + $"{names.Password}.", error);
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"The key {keyPath} does not belong to the certificate {files.Path}, or it is damaged. Correct "
                + $"{names.Path} or {names.KeyPath}.", error);
        }
    }

    /// <summary>True when the key is encrypted.</summary>
    private static bool CheckKey(string key, CertificateFiles files, CertificateNames names)
    {
        IReadOnlyList<string> labels = PemText.LabelsOf(key).Whole;
        string keyPath = files.KeyPath ?? files.Path;
        if (key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
            throw new InvalidOperationException(
                $"The key {keyPath} is encrypted in the legacy PEM format, which is not supported. Convert it with: "
                + $"openssl pkcs8 -topk8 -in {keyPath} -out new.key");
        if (!labels.Any(label => label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
            throw new InvalidOperationException(files.KeyPath is null
                ? $"{keyPath} contains no private key. Set {names.KeyPath} to the file that does."
                : $"{keyPath} contains no private key. Correct {names.KeyPath}.");
        bool isEncrypted = labels.Contains(EncryptedKey);
        if (isEncrypted && files.Password is null)
            throw new InvalidOperationException($"The key {keyPath} is encrypted. Set {names.Password}.");
        return isEncrypted;
    }

    // Windows cannot serve with a key that is in memory only.
    private static X509Certificate2 WithStoredKey(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
