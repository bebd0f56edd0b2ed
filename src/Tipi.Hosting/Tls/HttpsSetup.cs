using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tls;

/// <summary>What a user says of HTTPS on an endpoint, put together.</summary>
/// <param name="Options">In the framework's form.</param>
internal sealed record HttpsSetup(HttpsConnectionAdapterOptions Options)
{
    /// <summary>
    /// Where the options' certificate comes from, if that place may get another one; null otherwise.
    /// </summary>
    internal CertificateSlot? Source { get; init; }

    /// <summary>Host names that differ; when there are any, only they are served.</summary>
    internal IReadOnlyList<SniEntry> Names { get; init; } = [];

    /// <summary>True when an endpoint without a certificate gets the server's default one.</summary>
    internal bool MayDefault { get; init; } = true;

    /// <summary>What the options' certificate is shown from; null without one.</summary>
    internal CertificateSlot? Slot()
    {
        if (Options.ServerCertificate is not { } certificate) return null;
        if (Source is { Current: var current } && ReferenceEquals(current.Certificate, certificate)
            && ReferenceEquals(current.Chain, Options.ServerCertificateChain)) return Source;
        return new CertificateSlot(
            new ServedCertificate(StoreCertificate.WithKey(certificate), Options.ServerCertificateChain), "code");
    }
}
