using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Tls;

/// <summary>One handshake as a <see cref="TlsPolicy"/> sees it, and what the policy tells the engine.</summary>
internal sealed class TlsHandshakeContext(
    ConnectionContext connection, SslStream stream, ITlsClientHelloFeature hello, SslClientHelloInfo info)
{
    internal ConnectionContext Connection { get; } = connection;

    internal SslStream Stream { get; } = stream;

    /// <summary>What the client has sent first, as we read it.</summary>
    internal ITlsClientHelloFeature Hello { get; } = hello;

    /// <summary>The same in the framework's form, for its callbacks.</summary>
    internal SslClientHelloInfo Info { get; } = info;

    /// <summary>
    /// What may be spoken on the connection. The endpoint's, unless the policy has others for the name.
    /// </summary>
    internal required HttpProtocols Protocols { get; set; }

    /// <summary>True when the application may ask for the client's certificate later.</summary>
    internal bool AllowsDelayedClientCertificate { get; set; }
}
