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
    /// <exception cref="InvalidOperationException">There is none, or the configured one can not be used.</exception>
    internal static CertificateSlot Find(SharedOptions options, ILogger log)
    {
        if (options.Part<DefaultCertificates>().Open() is { } configured) return configured;
        X509Certificate2 development = FromFile(options, log) ?? DevelopmentCertificate.FromStore(log)
            ?? throw new InvalidOperationException(
                "there is no certificate for it, and no valid development certificate of this user. To make one run "
                + "'dotnet dev-certs https'; to have it trusted as well, 'dotnet dev-certs https --trust'. Elsewhere "
                + $"give the endpoint a certificate, or all endpoints one in Certificates:Default.");
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
