namespace Tipi.Hosting.Tls.Certificates;

/// <summary>Where a certificate lies: a PFX file, or PEM files.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="KeyPath">Absolute; null for a PFX file, and where a PEM file has its key in it.</param>
/// <param name="Password">Of the PFX file or of the key.</param>
internal sealed record CertificateFiles(string Path, string? KeyPath, string? Password)
{
    /// <summary>Without the password.</summary>
    public override string ToString() => KeyPath is null ? Path : $"{Path} with {KeyPath}";
}
