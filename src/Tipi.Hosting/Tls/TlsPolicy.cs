using System.Net.Security;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tls;

/// <summary>What an endpoint says about TLS. The engine asks it once for each handshake.</summary>
internal abstract class TlsPolicy
{
    /// <summary>
    /// How long a handshake may take, the choice of options included; <see cref="TimeSpan.MaxValue"/> is no limit.
    /// </summary>
    internal abstract TimeSpan HandshakeTimeout { get; }

    /// <summary>
    /// Reads what the endpoint needs. Called before it is bound, and again when the configuration has changed.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something cannot be used; the message says what to do.</exception>
    internal virtual void Prepare(TipiListenOptions endpoint, ILogger log)
    {
    }

    /// <summary>
    /// Chooses certificate and rules for one handshake. Runs off the ring; completes at once where it can.
    /// </summary>
    /// <param name="context">What is known of the connection; takes what the engine is to do afterwards.</param>
    /// <param name="cancellation">Ends with the handshake's time and with the connection.</param>
    /// <returns>
    /// The options. Where <see cref="SslServerAuthenticationOptions.ApplicationProtocols"/> is null the engine offers
    /// what the connection's protocols are; it changes the object for that, so one that is shared has them set.
    /// </returns>
    /// <exception cref="System.Security.Authentication.AuthenticationException">
    /// There is no certificate for the name.
    /// </exception>
    internal abstract ValueTask<SslServerAuthenticationOptions> SelectAsync(
        TlsHandshakeContext context, CancellationToken cancellation);
}
