using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>
/// What an endpoint without a certificate of its own gets: <c>Certificates:Default</c> of configuration, else the
/// development certificate.
/// </summary>
internal static class DefaultCertificate
{
    /// <exception cref="InvalidOperationException">There is none, or the configured one cannot be used.</exception>
    internal static CertificateSlot Find(SharedOptions options, ILogger log)
    {
        if (options.Part<DefaultCertificates>().Open() is { } configured) return configured;
        X509Certificate2 development = FromFile(options, log) ?? DevelopmentCertificate.FromStore(log)
            ?? throw new InvalidOperationException(
                "it has no certificate, and this user has no valid development certificate. To create one, run "
                + "'dotnet dev-certs https'; to trust it as well, run 'dotnet dev-certs https --trust'. In production, "
                + "configure a certificate for the endpoint, or for all endpoints in Certificates:Default.");
        return new CertificateSlot(new ServedCertificate(development, chain: null), "the development certificate");
    }

    private static X509Certificate2? FromFile(SharedOptions options, ILogger log)
    {
        string? password = options.Part<DefaultCertificates>().DevelopmentPassword();
        var host = (IHostEnvironment?)options.ApplicationServices.GetService(typeof(IHostEnvironment));
        return password is null || host is null
            ? null
            : DevelopmentCertificate.FromFile(host.ApplicationName, password, log);
    }
}
