using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Tipi.Hosting.Tls;

/// <summary>What handshakes for one host name, or for all of an endpoint, are offered. Does not change.</summary>
internal sealed class TlsTerms
{
    private readonly HttpsConnectionAdapterOptions _options;
    private readonly Func<ConnectionContext, string?, SslStreamCertificateContext> _choose;
    private readonly HttpProtocols _protocols;
    private readonly SslProtocols _sslProtocols;
    private readonly ClientCertificateMode _clientMode;
    private readonly RemoteCertificateValidationCallback? _validate;

    /// <param name="options">Of the endpoint.</param>
    /// <param name="protocols">Of the endpoint.</param>
    /// <param name="own">What differs for the name; null when nothing does.</param>
    /// <param name="choose">Gives the certificate.</param>
    internal TlsTerms(
        HttpsConnectionAdapterOptions options, HttpProtocols protocols, SniEntry? own,
        Func<ConnectionContext, string?, SslStreamCertificateContext> choose)
    {
        _options = options;
        _choose = choose;
        _sslProtocols = TlsVersions.Check(own?.SslProtocols ?? options.SslProtocols);
        _protocols = TlsVersions.Allowed(own?.Protocols ?? protocols, _sslProtocols);
        _clientMode = Check(own?.ClientCertificateMode ?? options.ClientCertificateMode);
        if (_clientMode != ClientCertificateMode.NoCertificate) _validate = IsClientAccepted;
    }

    /// <exception cref="AuthenticationException">There is no certificate.</exception>
    internal SslServerAuthenticationOptions Offer(TlsHandshakeContext context)
    {
        context.Protocols = _protocols;
        context.AllowsDelayedClientCertificate = _clientMode == ClientCertificateMode.DelayCertificate;
        var offer = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = _choose(context.Connection, context.Hello.ServerName),
            ClientCertificateRequired =
                _clientMode is ClientCertificateMode.AllowCertificate or ClientCertificateMode.RequireCertificate,
            RemoteCertificateValidationCallback = _validate,
            EnabledSslProtocols = _sslProtocols,
            CertificateRevocationCheckMode =
                _options.CheckCertificateRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            AllowRenegotiation = false, // RFC 9113 §9.2.1
        };
        if (_options.OnAuthenticate is not { } change) return offer;
        offer.ApplicationProtocols = [.. AlpnList.Of(_protocols)]; // its own: a shared one must not be changed
        change(context.Connection, offer);
        return offer;
    }

    private static ClientCertificateMode Check(ClientCertificateMode mode) =>
        Enum.IsDefined(mode)
            ? mode
            : throw new InvalidOperationException(
                $"ClientCertificateMode is {mode}; it must be one of "
                + $"{string.Join(", ", Enum.GetNames<ClientCertificateMode>())}.");

    private bool IsClientAccepted(
        object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null) return _clientMode != ClientCertificateMode.RequireCertificate;
        if (_options.ClientCertificateValidation is not { } validation) return errors == SslPolicyErrors.None;
        return certificate is X509Certificate2 known && validation(known, chain, errors);
    }
}
