using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Stack.Tests.Server;

/// <summary>What the tests need to know of a wire.</summary>
internal static class StackWires
{
    internal static bool HasTls(this StackWire wire) => wire is StackWire.Http1Tls or StackWire.Http2Tls;

    internal static bool IsHttp2(this StackWire wire) => wire is StackWire.Http2 or StackWire.Http2Tls;

    internal static Version Version(this StackWire wire) =>
        wire.IsHttp2() ? HttpVersion.Version20 : HttpVersion.Version11;

    internal static HttpProtocols Protocols(this StackWire wire) =>
        wire.IsHttp2() ? HttpProtocols.Http2 : HttpProtocols.Http1;

    /// <summary>Trusts the tests' authority, follows no redirect and keeps no cookies.</summary>
    internal static SocketsHttpHandler NewHandler(this StackWire wire)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        if (wire.HasTls()) handler.SslOptions.CertificateChainPolicy = SiteCertificates.Shared.TrustOfAuthority();
        return handler;
    }
}
