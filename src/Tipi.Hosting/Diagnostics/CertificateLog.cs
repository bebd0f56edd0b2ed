using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// What the server logs of its certificates. Where Kestrel has the same event, the number is Kestrel's.
/// </summary>
internal static partial class CertificateLog
{
    internal const string Category = "Tipi.Server.Certificates";

    [LoggerMessage(1, LogLevel.Information,
        "The certificate in {Files} has changed. New connections use {Thumbprint}, which is valid until {NotAfter}.")]
    internal static partial void CertificateReplaced(
        this ILogger log, string files, string thumbprint, DateTime notAfter);

    [LoggerMessage(2, LogLevel.Warning,
        "The certificate in {Files} has changed and cannot be used. The previous one stays in use until the files "
        + "are corrected.")]
    internal static partial void CertificateKept(this ILogger log, Exception error, string files);

    [LoggerMessage(3, LogLevel.Warning,
        "The certificate {Thumbprint} from {Origin} expired on {NotAfter}. Replace it.")]
    internal static partial void CertificateExpired(
        this ILogger log, string origin, string thumbprint, DateTime notAfter);

    [LoggerMessage(4, LogLevel.Warning, "The certificate {Thumbprint} from {Origin} is not valid before {NotBefore}.")]
    internal static partial void CertificateNotYetValid(
        this ILogger log, string origin, string thumbprint, DateTime notBefore);

    [LoggerMessage(5, LogLevel.Debug, "Using the development certificate {Thumbprint}.")]
    internal static partial void DevelopmentCertificateUsed(this ILogger log, string thumbprint);

    [LoggerMessage(6, LogLevel.Warning, "The development certificate in {Path} cannot be used.")]
    internal static partial void DevelopmentCertificateBad(this ILogger log, Exception error, string path);

    [LoggerMessage(7, LogLevel.Error,
        "A certificate returned by ServerCertificateSelector cannot be used. Handshakes that it is selected for fail.")]
    internal static partial void SelectedCertificateBad(this ILogger log, Exception error);

    [LoggerMessage(8, LogLevel.Warning,
        "The development certificate is not trusted on this machine. To trust it, run 'dotnet dev-certs https "
        + "--trust'.")]
    internal static partial void DevelopmentCertificateNotTrusted(this ILogger log);

    [LoggerMessage(9, LogLevel.Information,
        "The certificate {Thumbprint} from {Origin} has no subject alternative name. Browsers may reject it.")]
    internal static partial void NoSubjectAlternativeName(this ILogger log, string origin, string thumbprint);

    [LoggerMessage(10, LogLevel.Warning,
        "The certificate {Thumbprint} from {Origin} has an RSA key of {Bits} bits. OpenSSL rejects such a key at " +
        "its default security level, and then every handshake fails. Use a certificate with a key of at least 2048 " +
        "bits.")]
    internal static partial void WeakKey(this ILogger log, string origin, string thumbprint, int bits);
}
