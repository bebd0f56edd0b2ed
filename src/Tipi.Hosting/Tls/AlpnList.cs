using System.Net.Security;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Tls;

/// <summary>
/// The application protocols that a server offers in the handshake (RFC 7301), its preferred one first.
/// </summary>
internal static class AlpnList
{
    private static readonly List<SslApplicationProtocol> s_http1 = [SslApplicationProtocol.Http11];

    private static readonly List<SslApplicationProtocol> s_http2 = [SslApplicationProtocol.Http2];

    private static readonly List<SslApplicationProtocol> s_both =
        [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    /// <summary>The list for what an endpoint speaks. Shared: not to be changed.</summary>
    internal static List<SslApplicationProtocol> Of(HttpProtocols protocols)
    {
        bool speaksHttp1 = protocols.HasFlag(HttpProtocols.Http1);
        if (!protocols.HasFlag(HttpProtocols.Http2)) return s_http1;
        return speaksHttp1 ? s_both : s_http2;
    }
}
