using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Threads;

namespace Tipi.Hosting.Tls;

/// <summary>
/// A connection's encryption: the only type, with the streams around it, that knows which library does it.
/// <code>
/// made ──AuthenticateAsync──→ open: Input, Output ──Dispose──→ over
///           └ fails: over                └ NegotiateAsync: asks for the client's certificate, once
/// </code>
/// </summary>
internal sealed class TlsSession : IDuplexPipe, IDisposable
{
    private readonly IDuplexPipe _transport;
    private readonly RecordStream _records;
    private readonly ThreadHop _hop;
    private TlsReader? _reader;
    private TlsWriter? _writer;

    internal TlsSession(IDuplexPipe transport, ServerConnection connection)
    {
        _transport = transport;
        _hop = new ThreadHop(connection.Affinity);
        _records = new RecordStream(transport, connection, _hop);
        Stream = new SslStream(_records, leaveInnerStreamOpen: true);
    }

    internal SslStream Stream { get; }

    public PipeReader Input => _reader!;

    public PipeWriter Output => _writer!;

    /// <summary>True when the output can be ended while the input is still read.</summary>
    internal bool CanEndOutputFirst => _writer?.IsOnRing == true;

    internal SslProtocols Protocol => Stream.SslProtocol;

    /// <summary>Shakes hands, on a thread for that; afterwards the session is open.</summary>
    /// <param name="choose">Chooses certificate and rules. The library keeps it, and the state, until the end.</param>
    /// <param name="state">For the choice.</param>
    /// <param name="cancellation">Ends with the handshake's time.</param>
    /// <exception cref="OperationCanceledException">The time is up.</exception>
    /// <exception cref="IOException">The peer has gone.</exception>
    /// <exception cref="AuthenticationException">There is nothing that both sides want.</exception>
    internal async Task AuthenticateAsync(
        ServerOptionsSelectionCallback choose, object state, CancellationToken cancellation)
    {
        await _hop.ToHandshakeThread();
        try
        {
            cancellation.ThrowIfCancellationRequested(); // by now, when there is a storm of them
            await Stream.AuthenticateAsServerAsync(choose, state, cancellation);
            _reader = new TlsReader(_transport.Input, _records, Stream);
            _writer = new TlsWriter(_transport.Output, Stream);
        }
        finally
        {
            await _hop.Home();
        }
    }

    /// <summary>Asks the client for its certificate, in the middle of the session.</summary>
    /// <exception cref="InvalidOperationException">
    /// The client is sending something else. A request that is wholly there, or a small body, is not in the way.
    /// </exception>
    internal async Task NegotiateAsync(CancellationToken cancellation)
    {
        if (!_reader!.TryDecryptArrived())
            throw new InvalidOperationException(
                "The client sent data that was not read. Read the request body before requesting its certificate.");
        try
        {
            if (OperatingSystem.IsMacOS())
                throw new PlatformNotSupportedException("macOS cannot request a certificate after the handshake.");
#pragma warning disable CA1416 // Linux, FreeBSD and Windows can; nothing else runs this server.
            await Stream.NegotiateClientCertificateAsync(cancellation);
#pragma warning restore CA1416
        }
        finally
        {
            await _hop.Home();
        }
    }

    internal X509Certificate2? GetClientCertificate() => Stream.RemoteCertificate switch
    {
        null => null,
        X509Certificate2 known => known,
        { } other => X509CertificateLoader.LoadCertificate(other.GetRawCertData()),
    };

    /// <summary>Ends the stream in both directions, unless that was done.</summary>
    public void Dispose()
    {
        // Each, whatever becomes of the others: what the library holds is not the collector's to find.
        try
        {
            _writer?.Complete();
        }
        finally
        {
            try
            {
                _reader?.Complete();
            }
            finally
            {
                Stream.Dispose();
            }
        }
    }
}
