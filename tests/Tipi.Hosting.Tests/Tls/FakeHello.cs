using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>The first message of a client, without one.</summary>
internal sealed class FakeHello(string? serverName) : ITlsClientHelloFeature
{
    public string? ServerName => serverName;

    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols => [];

    public ReadOnlyMemory<byte> Bytes { get; } = new byte[] { 22, 3, 1 };

    /// <summary>What a policy is asked with.</summary>
    internal static TlsHandshakeContext Handshake(
        string? serverName, HttpProtocols protocols = HttpProtocols.Http1AndHttp2) =>
        new(new DefaultConnectionContext(), new SslStream(new MemoryStream()), new FakeHello(serverName),
            new SslClientHelloInfo(serverName ?? "", SslProtocols.Tls13))
        {
            Protocols = protocols,
        };
}
