using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>Reads a certificate with its key and chain from files, and says what is wrong with them.</summary>
internal static class CertificateLoading
{
    /// <summary>Certificates with key and chain are some kilobytes; a path like /dev/zero has no end.</summary>
    private const int MostBytes = 1 << 20;

    /// <param name="files">The files.</param>
    /// <param name="names">What to call their paths and password in messages.</param>
    /// <exception cref="InvalidOperationException">They cannot be used; the message says why and what to do.
    /// </exception>
    internal static ServedCertificate Load(CertificateFiles files, CertificateNames names)
    {
        byte[] bytes = Read(files.Path, names.Path);
        string? text = PemText.Of(bytes);
        if (text is not null) return PemCertificate.Load(text, files, names);
        return files.KeyPath is null ? LoadPfx(bytes, files, names) : LoadDer(bytes, files, names);
    }

    /// <summary>The text of a file with a private key.</summary>
    internal static string ReadKey(CertificateFiles files, CertificateNames names) =>
        PemText.Of(Read(files.KeyPath!, names.KeyPath)) ?? throw new InvalidOperationException(
            $"The key {files.KeyPath} is not in PEM format: it has no BEGIN line. Set {names.KeyPath} to a file in "
            + "this format.");

    private static byte[] Read(string path, string name)
    {
        if (Directory.Exists(path))
            throw new InvalidOperationException($"{path} is a directory. {Capital(name)} must be a file.");
        try
        {
            using FileStream file = File.OpenRead(path);
            var bytes = new byte[MostBytes + 1];
            int count = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (count == 0) throw new InvalidOperationException($"{path} is empty. Correct {name} or the file.");
            if (count > MostBytes)
                throw new InvalidOperationException($"{path} is too large to be a certificate. Correct {name}.");
            return bytes[..count];
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InvalidOperationException(
                $"{path} does not exist. Correct {name}. A relative path starts at the content root.", error);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InvalidOperationException(
                $"The process is not allowed to read {path}. Grant its user read access, or correct {name}.", error);
        }
        catch (IOException error)
        {
            throw new InvalidOperationException($"{path} cannot be read: {error.Message} Correct {name}.", error);
        }
    }

    private static ServedCertificate LoadPfx(byte[] bytes, CertificateFiles files, CertificateNames names)
    {
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(bytes, files.Password);
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException(PfxFault(error, files, names), error);
        }
        X509Certificate2 certificate = all.FirstOrDefault(one => one.HasPrivateKey)
            ?? throw new InvalidOperationException(
                $"{files.Path} contains no private key. Export the certificate again with its key.");
        all.Remove(certificate);
        return new ServedCertificate(certificate, all);
    }

    private static string PfxFault(CryptographicException error, CertificateFiles files, CertificateNames names)
    {
        const int InvalidPassword = unchecked((int)0x80070056);
        if (error.HResult != InvalidPassword)
            return $"{files.Path} is not a PFX or PEM file, or it is damaged. Correct {names.Path} or the file.";
        return files.Password is null
            ? $"{files.Path} requires a password. Set {names.Password}."
            : $"The password for {files.Path} is wrong. Correct {names.Password}.";
    }

    private static ServedCertificate LoadDer(byte[] bytes, CertificateFiles files, CertificateNames names)
    {
        string pem;
        try
        {
            using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(bytes);
            pem = bare.ExportCertificatePem();
        }
        catch (CryptographicException error)
        {
            throw new InvalidOperationException(
                $"{files.Path} is not a certificate, or it is damaged. {Capital(names.KeyPath)} is for a "
                + $"certificate in PEM format; a PFX file contains its key. Correct {names.Path}.", error);
        }
        return PemCertificate.Load(pem, files, names);
    }

    private static string Capital(string name) => char.ToUpperInvariant(name[0]) + name[1..];
}
