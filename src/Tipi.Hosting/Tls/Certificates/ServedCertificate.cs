using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>A certificate with its key and what a handshake sends beside it. Does not change.</summary>
/// <remarks>
/// The context is made once: it holds the keys of the session tickets, so that clients resume their sessions for as
/// long as the certificate is shown.
/// </remarks>
internal sealed class ServedCertificate
{
    /// <param name="certificate">With its private key.</param>
    /// <param name="chain">Intermediate certificates; those that do not belong to it are left out.</param>
    /// <exception cref="InvalidOperationException">It cannot serve: the key is missing, or it is for other uses.
    /// </exception>
    internal ServedCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain)
    {
        CertificateChecks.EnsureForServer(certificate);
        Certificate = certificate;
        Chain = chain;
        // Offline: a start must not wait for downloads.
        Context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    internal X509Certificate2 Certificate { get; }

    internal X509Certificate2Collection? Chain { get; }

    internal SslStreamCertificateContext Context { get; }

    /// <summary>Shows it in the framework's options.</summary>
    internal void CopyTo(HttpsConnectionAdapterOptions options)
    {
        options.ServerCertificate = Certificate;
        options.ServerCertificateChain = Chain;
    }
}
