using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>
/// Listens with io_uring: TCP over IPv4, IPv6 and both, Unix sockets and inherited handles. The rings start with the
/// first listener and stop when the factory is disposed.
/// </summary>
public sealed class UringConnectionListenerFactory : IConnectionListenerFactory, IAsyncDisposable, IDisposable
{
    private readonly UringTransportOptions _options;
    private readonly ILogger _logger;
    private readonly IHostApplicationLifetime? _lifetime;
    private readonly Lock _starting = new();
    private RingGroup? _rings;
    private bool _disposed;

    /// <summary>Creates a factory; nothing is opened yet.</summary>
    /// <param name="options">Options of the transport.</param>
    /// <param name="loggerFactory">For the log of the transport.</param>
    /// <param name="lifetime">
    /// The host, which is stopped if rings fail repeatedly: a server that accepts no connections must not look alive.
    /// </param>
    /// <exception cref="ArgumentException">The value of an option is invalid.</exception>
    public UringConnectionListenerFactory(
        UringTransportOptions options, ILoggerFactory? loggerFactory = null, IHostApplicationLifetime? lifetime = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _lifetime = lifetime;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Tipi.Transport.Uring");
    }

    /// <summary>Creates a factory from configured options; nothing is opened yet.</summary>
    public UringConnectionListenerFactory(
        IOptions<UringTransportOptions> options,
        ILoggerFactory loggerFactory,
        IHostApplicationLifetime? lifetime = null)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value, loggerFactory, lifetime)
    {
    }

    /// <summary>
    /// How often a ring was taken from code that held it longer than <see cref="UringTransportOptions.HandOffBudget"/>.
    /// </summary>
    public long HandOffs => _rings?.HandOffs ?? 0;

    /// <summary>Number of running rings; 0 before the first listener.</summary>
    public int RingCount => _rings?.Count ?? 0;

    /// <summary>The longest time for which a ring has not answered; zero where all have.</summary>
    internal TimeSpan Silence => _rings?.Silence ?? TimeSpan.Zero;

    /// <summary>
    /// Starts the rings now rather than with the first listener, and says what is missing where that fails.
    /// </summary>
    internal RingSupport Start()
    {
        try
        {
            _ = StartRings();
            return RingSupport.Available;
        }
        catch (IOException e) when (e.HResult > 0)
        {
            return RingSupport.Without(RingProbe.Explain((Errno)e.HResult));
        }
    }

    /// <summary>Asks each ring whether it turns.</summary>
    internal void AskRings() => _rings?.Ask();

    /// <summary>Binds and listens.</summary>
    /// <exception cref="AddressInUseException">The address is in use.</exception>
    /// <exception cref="NotSupportedException">This kind of endpoint is not supported.</exception>
    /// <exception cref="IOException">The kernel rejected a ring; see <see cref="RingSupport.Probe"/>.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var rings = StartRings();
        var socket = ListeningSocket.Open(endpoint, _options);
        try
        {
            return new(new UringConnectionListener(socket, socket.LocalEndPoint ?? endpoint, rings));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Aborts open connections and stops the rings.</summary>
    public async ValueTask DisposeAsync()
    {
        RingGroup? rings;
        lock (_starting)
        {
            _disposed = true;
            rings = _rings;
        }

        if (rings is not null) await rings.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Aborts open connections and stops the rings.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private RingGroup StartRings()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _rings ??= new RingGroup(_options, report => TransportLog.Write(_logger, report), StopHost);
        }
    }

    // Stopping calls what the application has registered for it, and a ring's last thread runs nothing of that.
    private void StopHost()
    {
        if (_lifetime is null) return;
        Shortage.Outlast(
            static lifetime => ThreadPool.UnsafeQueueUserWorkItem(
                static lifetime => lifetime.StopApplication(), lifetime, preferLocal: false),
            _lifetime);
    }
}
