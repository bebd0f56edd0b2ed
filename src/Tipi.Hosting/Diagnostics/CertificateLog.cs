using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// What the server logs of its certificates. Where Kestrel has the same event, the number is Kestrel's.
/// </summary>
internal static partial class CertificateLog
{
    internal const string Category = "Tipi.Server.Certificates";

    [LoggerMessage(1, LogLevel.Information,
        "The certificate in {Files} has changed: new connections get {Thumbprint}, valid until {NotAfter}.")]
    internal static partial void CertificateReplaced(
        this ILogger log, string files, string thumbprint, DateTime notAfter);

    [LoggerMessage(2, LogLevel.Warning,
        "The certificate in {Files} has changed and can not be used. The former one stays in use until it can.")]
    internal static partial void CertificateKept(this ILogger log, Exception error, string files);

    [LoggerMessage(3, LogLevel.Warning,
        "The certificate {Thumbprint} of {Origin} has expired: it was valid until {NotAfter}.")]
    internal static partial void CertificateExpired(
        this ILogger log, string origin, string thumbprint, DateTime notAfter);

    [LoggerMessage(4, LogLevel.Warning, "The certificate {Thumbprint} of {Origin} is not valid before {NotBefore}.")]
    internal static partial void CertificateNotYetValid(
        this ILogger log, string origin, string thumbprint, DateTime notBefore);

    [LoggerMessage(5, LogLevel.Debug, "The development certificate {Thumbprint} is used.")]
    internal static partial void DevelopmentCertificateUsed(this ILogger log, string thumbprint);

    [LoggerMessage(6, LogLevel.Warning, "The development certificate in {Path} can not be used.")]
    internal static partial void DevelopmentCertificateBad(this ILogger log, Exception error, string path);

    [LoggerMessage(7, LogLevel.Error,
        "A certificate from ServerCertificateSelector can not be used. The handshakes that it is chosen for fail.")]
    internal static partial void SelectedCertificateBad(this ILogger log, Exception error);

    [LoggerMessage(8, LogLevel.Warning,
        "The development certificate is not trusted by this machine. To trust it run 'dotnet dev-certs https "
        + "--trust'.")]
    internal static partial void DevelopmentCertificateNotTrusted(this ILogger log);

    [LoggerMessage(9, LogLevel.Information,
        "The certificate {Thumbprint} of {Origin} has no subject alternative name: browsers may not accept it.")]
    internal static partial void NoSubjectAlternativeName(this ILogger log, string origin, string thumbprint);

    [LoggerMessage(10, LogLevel.Warning,
        "The certificate {Thumbprint} of {Origin} has an RSA key of {Bits} bits. OpenSSL rejects it at its usual " +
        "security level, and then every handshake fails. Have a certificate issued for a key of 2048 bits or more.")]
    internal static partial void WeakKey(this ILogger log, string origin, string thumbprint, int bits);
}
