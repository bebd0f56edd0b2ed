using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Tipi.Hosting.Connections;
using Tipi.Protocols.Tls;

namespace Tipi.Hosting.Tls;

/// <summary>What applications and middleware can ask of a connection's TLS.</summary>
internal sealed class TlsFeatures(ServerConnection connection, TlsSession session, ClientHello hello, byte[] helloBytes)
    : ITlsConnectionFeature, ITlsHandshakeFeature, ITlsApplicationProtocolFeature, ISslStreamFeature,
        ITlsClientHelloFeature
{
    private byte[] _helloBytes = helloBytes;
    private X509Certificate2? _clientCertificate;
    private Task<X509Certificate2?>? _negotiation;

    public X509Certificate2? ClientCertificate
    {
        get => _clientCertificate ??= session.GetClientCertificate();
        set
        {
            _clientCertificate = value;
            _negotiation = Task.FromResult(value);
        }
    }

    public SslStream SslStream => session.Stream;

    public SslProtocols Protocol => session.Protocol;

    public TlsCipherSuite? NegotiatedCipherSuite => session.Stream.NegotiatedCipherSuite;

    public string HostName { get; private set; } = "";

    public ReadOnlyMemory<byte> ApplicationProtocol => session.Stream.NegotiatedApplicationProtocol.Protocol;

    public string? ServerName { get; private set; } = hello.ServerName;

    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; } =
        AlpnList.Offered(hello.ApplicationProtocols);

    public ReadOnlyMemory<byte> Bytes => _helloBytes;

    /// <summary>What may be spoken: the endpoint's protocols, or those of the name that the client says.</summary>
    internal HttpProtocols AllowedProtocols { get; set; }

    /// <summary>The handshake, while it runs.</summary>
    internal TlsHandshake? Handshake { get; set; }

    /// <summary>True when the application may ask for the client's certificate later.</summary>
    internal bool AllowsDelayedCertificate { get; set; }

#pragma warning disable SYSLIB0058 // The feature has them, and applications that are moved here may read them.
    public CipherAlgorithmType CipherAlgorithm => session.Stream.CipherAlgorithm;

    public int CipherStrength => session.Stream.CipherStrength;

    public HashAlgorithmType HashAlgorithm => session.Stream.HashAlgorithm;

    public int HashStrength => session.Stream.HashStrength;

    public ExchangeAlgorithmType KeyExchangeAlgorithm => session.Stream.KeyExchangeAlgorithm;

    public int KeyExchangeStrength => session.Stream.KeyExchangeStrength;
#pragma warning restore SYSLIB0058

    public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) =>
        _negotiation ??= CanNegotiate ? NegotiateAsync(cancellationToken) : Task.FromResult(ClientCertificate);

    /// <summary>Not on HTTP/2, where other requests share the connection (RFC 9113 §9.2.3).</summary>
    private bool CanNegotiate =>
        AllowsDelayedCertificate && ClientCertificate is null
        && session.Stream.NegotiatedApplicationProtocol != SslApplicationProtocol.Http2;

    /// <summary>For middleware and the application, from the begin of the handshake on.</summary>
    internal void AddTo(IFeatureCollection features)
    {
        features.Set<ITlsConnectionFeature>(this);
        features.Set<ITlsHandshakeFeature>(this);
        features.Set<ITlsApplicationProtocolFeature>(this);
        features.Set<ISslStreamFeature>(this);
        features.Set<ITlsClientHelloFeature>(this);
    }

    /// <summary>The handshake is over: what only it needed is dropped.</summary>
    internal void OnHandshakeEnded(bool isGood)
    {
        _helloBytes = [];
        Handshake = null;
        if (!isGood) return;
        HostName = session.Stream.TargetHostName;
        if (ServerName == HostName) ServerName = HostName; // one string for as long as the connection lives
    }

    private async Task<X509Certificate2?> NegotiateAsync(CancellationToken cancellation)
    {
        try
        {
            await session.NegotiateAsync(cancellation);
        }
        catch (Exception error)
        {
            // Whether the client can be asked again on this connection is not known. It may come back on another one,
            // and this one still takes the answer that says so.
            connection.RequestClose();
            // What the client answered with is nothing that the application has done wrong.
            if (error is CryptographicException)
                throw new ConnectionResetException("The TLS session failed.", error);
            throw;
        }
        return ClientCertificate;
    }
}
