using System.Collections.ObjectModel;
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

    private static readonly ReadOnlyCollection<SslApplicationProtocol>[] s_usual =
        [s_both.AsReadOnly(), s_http1.AsReadOnly(), s_http2.AsReadOnly()];

    /// <summary>The list for what an endpoint speaks. Shared: not to be changed.</summary>
    internal static List<SslApplicationProtocol> Of(HttpProtocols protocols)
    {
        bool speaksHttp1 = protocols.HasFlag(HttpProtocols.Http1);
        if (!protocols.HasFlag(HttpProtocols.Http2)) return s_http1;
        return speaksHttp1 ? s_both : s_http2;
    }

    /// <summary>What a client has offered. A usual list is shared: a connection holds none.</summary>
    internal static IReadOnlyList<SslApplicationProtocol> Offered(IReadOnlyList<byte[]> names)
    {
        if (names.Count == 0) return [];
        SslApplicationProtocol[] offered = [.. names.Select(static name => new SslApplicationProtocol(name))];
        foreach (ReadOnlyCollection<SslApplicationProtocol> usual in s_usual)
        {
            if (usual.SequenceEqual(offered)) return usual;
        }
        return offered;
    }
}
