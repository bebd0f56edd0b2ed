namespace Tipi.Hosting.Tls.Certificates;

/// <summary>What the user calls the parts of a certificate: keys of configuration, or parameters of a call.</summary>
internal sealed record CertificateNames(string Path, string KeyPath, string Password)
{
    /// <summary>Those of <c>UseHttps(fileName, password)</c>.</summary>
    internal static CertificateNames OfCall { get; } =
        new("the fileName of UseHttps", "Certificate:KeyPath in configuration", "the password of UseHttps");

    /// <summary>Those below a key of configuration.</summary>
    internal static CertificateNames Below(string key) => new($"{key}:Path", $"{key}:KeyPath", $"{key}:Password");
}
