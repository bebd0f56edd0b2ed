using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Kestrel;

/// <summary>An endpoint whose application decides about each handshake, as it told Kestrel.</summary>
internal sealed class KestrelCallbackPolicy(TlsHandshakeCallbackOptions options) : TlsPolicy
{
    internal override TimeSpan HandshakeTimeout =>
        options.HandshakeTimeout is var time && time == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time;

    internal override async ValueTask<SslServerAuthenticationOptions> SelectAsync(
        TlsHandshakeContext context, CancellationToken cancellation)
    {
        var handshake = new TlsHandshakeCallbackContext();
        KestrelAccess.SetConnection(handshake, context.Connection);
        KestrelAccess.SetStream(handshake, context.Stream);
        KestrelAccess.SetHello(handshake, context.Info);
        KestrelAccess.SetState(handshake, options.OnConnectionState);
        KestrelAccess.SetCancellation(handshake, cancellation);
        SslServerAuthenticationOptions? offer = await options.OnConnection(handshake).ConfigureAwait(false);
        context.AllowsDelayedClientCertificate = handshake.AllowDelayedClientCertificateNegotation;
        return offer ?? throw new AuthenticationException("OnConnection returned no options.");
    }
}
