using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tls;

/// <summary>What configuration says of a host name; null where the endpoint's value holds.</summary>
/// <param name="Host">A name, <c>*.</c> and a name, or <c>*</c>.</param>
internal sealed record SniEntry(string Host)
{
    internal HttpProtocols? Protocols { get; set; }

    internal SslProtocols? SslProtocols { get; set; }

    internal ClientCertificateMode? ClientCertificateMode { get; set; }

    internal CertificateSlot? Certificate { get; set; }
}
