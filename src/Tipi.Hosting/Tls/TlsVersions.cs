using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Tls;

/// <summary>Versions of TLS and what can be spoken over them.</summary>
internal static class TlsVersions
{
    private const SslProtocols Modern = SslProtocols.Tls12 | SslProtocols.Tls13;

#pragma warning disable SYSLIB0039, CA5397 // Old versions of TLS: whoever names them wants them.
    private const SslProtocols Known = Modern | SslProtocols.Tls | SslProtocols.Tls11;

    private const int Unknown = ~(int)Known;
#pragma warning restore SYSLIB0039, CA5397

    /// <summary>True when current systems have them all, be it switched off.</summary>
    internal static bool AreKnown(SslProtocols versions) => ((int)versions & Unknown) == 0;

    /// <exception cref="InvalidOperationException">A version is none that a server can speak.</exception>
    internal static SslProtocols Check(SslProtocols versions) =>
        AreKnown(versions)
            ? versions
            : throw new InvalidOperationException(
                $"SslProtocols is {versions}, which current systems do not fully support. Use Tls12 and Tls13, or None "
                + "for the system's defaults.");

    /// <summary>The protocols that can be spoken: HTTP/2 needs TLS 1.2 (RFC 9113 §9.2).</summary>
    /// <exception cref="InvalidOperationException">None is left.</exception>
    internal static HttpProtocols Allowed(HttpProtocols protocols, SslProtocols versions)
    {
        HttpProtocols allowed = protocols & HttpProtocols.Http1AndHttp2;
        if (versions != SslProtocols.None && (versions & Modern) == 0) allowed &= ~HttpProtocols.Http2;
        return allowed != HttpProtocols.None
            ? allowed
            : throw new InvalidOperationException(
                $"Protocols is {protocols} and SslProtocols is {versions}, so no protocol can be used. HTTP/2 requires "
                + "Tls12 or Tls13; HTTP/3 is not supported.");
    }
}
