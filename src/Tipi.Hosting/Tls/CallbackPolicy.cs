using System.Net.Security;
using System.Security.Authentication;

namespace Tipi.Hosting.Tls;

/// <summary>An endpoint whose application decides about each handshake.</summary>
internal sealed class CallbackPolicy(TipiTlsHandshakeCallbackOptions options) : TlsPolicy
{
    internal override TimeSpan HandshakeTimeout =>
        options.HandshakeTimeout is var time && time == Timeout.InfiniteTimeSpan ? TimeSpan.MaxValue : time;

    internal override async ValueTask<SslServerAuthenticationOptions> SelectAsync(
        TlsHandshakeContext context, CancellationToken cancellation)
    {
        var callback = new TipiTlsHandshakeCallbackContext(context, options.OnConnectionState, cancellation);
        SslServerAuthenticationOptions? offer = await options.OnConnection(callback).ConfigureAwait(false);
        context.AllowsDelayedClientCertificate = callback.AllowDelayedClientCertificateNegotation;
        return offer ?? throw new AuthenticationException("OnConnection returned no options.");
    }
}
