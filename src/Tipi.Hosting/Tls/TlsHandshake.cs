using System.Diagnostics;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Tls;

namespace Tipi.Hosting.Tls;

/// <summary>One handshake, counted and told of from its first byte to its end.</summary>
internal sealed class TlsHandshake
{
    private static readonly ServerOptionsSelectionCallback s_choose = static (_, info, state, cancellation) =>
    {
        var features = (TlsFeatures)state!;
        TlsHandshake handshake =
            features.Handshake ?? throw new AuthenticationException("A session has one handshake.");
        return handshake.ChooseAsync(features, info, cancellation);
    };

    private readonly ServerConnection _connection;
    private readonly TlsGate _gate;
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly bool _isActiveCounted;
    private ConnectionContext? _context;
    private SslServerAuthenticationOptions? _chosen;
    private Exception? _choiceError;
    private bool _isOver;

    internal TlsHandshake(ServerConnection connection, TlsGate gate)
    {
        _connection = connection;
        _gate = gate;
        _isActiveCounted = connection.Server.Metrics.Kestrel?.TlsHandshakeStarted(connection.Transport) == true;
        TipiEventSource.Log.TlsHandshakeStarted();
    }

    /// <summary>Shakes hands.</summary>
    /// <param name="connection">The connection; it gets the features.</param>
    /// <param name="hello">What the client has sent.</param>
    /// <param name="bytes">The same, as it came.</param>
    /// <param name="patience">What is left of the time.</param>
    /// <returns>An open session; null when the handshake failed, which is told.</returns>
    internal async Task<TlsSession?> RunAsync(
        ConnectionContext connection, ClientHello hello, byte[] bytes, TimeSpan patience)
    {
        var session = new TlsSession(connection.Transport, _connection);
        var features = new TlsFeatures(_connection, session, hello, bytes) { Handshake = this };
        _context = connection;
        features.AddTo(connection.Features);
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await session.AuthenticateAsync(s_choose, features, timeout.Token);
            features.OnHandshakeEnded(isGood: true);
            _connection.Encryption =
                new Encryption(session.Output, features, features.AllowedProtocols, session.CanEndOutputFirst);
            Succeed(features);
            return session;
        }
        catch (Exception error)
        {
            features.OnHandshakeEnded(isGood: false);
            try
            {
                session.Dispose();
            }
            finally
            {
                Fail(error);
            }
            return null;
        }
    }

    /// <summary>
    /// The handshake has failed: by its time, by the peer, or by the application. It ends once, also where a log fails.
    /// </summary>
    internal void Fail(Exception error)
    {
        if (_isOver) return;
        _isOver = true;
        ServerContext server = _connection.Server;
        server.Metrics.Kestrel?.TlsHandshakeEnded(
            _connection.Transport, _isActiveCounted, Stopwatch.GetElapsedTime(_start), SslProtocols.None, error);
        TipiEventSource.Log.TlsHandshakeGivenUp(_connection.Id);
        _connection.EndsBecause(ConnectionEndReason.TlsHandshakeFailed);
        if (_choiceError is not null) LogChoice(_choiceError);
        else if (error is OperationCanceledException and not ConnectionAbortedException)
            server.Logs.Tls.HandshakeTimedOut(_connection.Id);
        else server.Logs.Tls.HandshakeFailed(error, _connection.Id);
    }

    private void Succeed(TlsFeatures features)
    {
        _isOver = true;
        SslProtocols protocol = features.Protocol;
        KestrelMetrics? metrics = _connection.Server.Metrics.Kestrel;
        metrics?.TlsHandshakeEnded(
            _connection.Transport, _isActiveCounted, Stopwatch.GetElapsedTime(_start), protocol, error: null);
        if (KestrelMetrics.VersionOf(protocol) is { } version) _connection.Tag("tls.protocol.version", version);
        TipiEventSource.Log.TlsHandshakeStopped(
            _connection.Id, protocol, features.ApplicationProtocol, features.HostName);
        if (_connection.Server.Logs.Tls.IsEnabled(LogLevel.Debug))
            _connection.Server.Logs.Tls.HandshakeSucceeded(_connection.Id, protocol);
    }

    /// <summary>
    /// Chooses once. SslStream asks for every handshake record whose first byte of content is that of a client hello:
    /// for the second hello of a client that has to choose another group, and for one in 256 of the encrypted records
    /// that end a TLS 1.2 handshake.
    /// </summary>
    private async ValueTask<SslServerAuthenticationOptions> ChooseAsync(
        TlsFeatures features, SslClientHelloInfo info, CancellationToken cancellation)
    {
        if (_chosen is not null) return _chosen;
        var context = new TlsHandshakeContext(_context!, features.SslStream, features, info)
        {
            Protocols = _gate.Endpoint.Protocols,
        };
        SslServerAuthenticationOptions options;
        try
        {
            options = await _gate.Policy.SelectAsync(context, cancellation);
        }
        catch (Exception error) when (error is not (AuthenticationException or OperationCanceledException))
        {
            _choiceError = error;
            throw;
        }
        features.AllowsDelayedCertificate = context.AllowsDelayedClientCertificate;
        features.AllowedProtocols = context.Protocols;
        options.ApplicationProtocols ??= AlpnList.Of(context.Protocols);
        TipiEventSource.Log.TlsHandshakeBegun(_connection.Id, options.EnabledSslProtocols);
        return _chosen = options;
    }

    private void LogChoice(Exception error)
    {
        if (_gate.ChoiceLog.TryTake(_connection.Server.Clock.NowMs, out long others))
            _connection.Server.Logs.Tls.ChoiceFailed(error, _connection.Id, others);
    }
}
