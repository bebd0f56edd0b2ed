using System.Net;
using Microsoft.AspNetCore.Connections;
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
    private readonly Lock _starting = new();
    private RingGroup? _rings;
    private bool _disposed;
    private long _shortageLoggedAt;

    /// <summary>Makes a factory; nothing is opened yet.</summary>
    /// <exception cref="ArgumentException">An option has a value that cannot work.</exception>
    public UringConnectionListenerFactory(UringTransportOptions options, ILoggerFactory? loggerFactory = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        _options = options;
        _logger = (loggerFactory ?? NullLoggerFactory.Instance).CreateLogger("Tipi.Transport.Uring");
    }

    /// <summary>Makes a factory from configured options; nothing is opened yet.</summary>
    public UringConnectionListenerFactory(IOptions<UringTransportOptions> options, ILoggerFactory loggerFactory)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value, loggerFactory)
    {
    }

    /// <summary>How often a ring was taken from code that held it past the budget.</summary>
    public long HandOffs => _rings?.HandOffs ?? 0;

    /// <summary>Rings at work; 0 before the first listener.</summary>
    public int RingCount => _rings?.Count ?? 0;

    /// <summary>Binds and listens.</summary>
    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    /// <exception cref="NotSupportedException">The end point is of no known kind.</exception>
    /// <exception cref="IOException">The kernel refuses a ring; see <see cref="RingSupport.Probe"/>.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var rings = StartRings();
        var socket = ListeningSocket.Open(endpoint, _options);
        return new(new UringConnectionListener(socket, socket.LocalEndPoint ?? endpoint, rings, OnShortage));
    }

    /// <summary>Aborts what is still connected and stops the rings.</summary>
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

    /// <summary>Aborts what is still connected and stops the rings.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    private RingGroup StartRings()
    {
        lock (_starting)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _rings ??= new RingGroup(_options, OnFault);
        }
    }

    private void OnFault(Exception exception) => TransportLog.Fault(_logger, exception);

    // Each ring meets the shortage ten times a second while it lasts.
    private void OnShortage(Errno errno)
    {
        var now = Environment.TickCount64;
        var last = Volatile.Read(ref _shortageLoggedAt);
        if (last != 0 && now - last < TransportLog.ShortageQuietMs) return;
        if (Interlocked.CompareExchange(ref _shortageLoggedAt, now, last) == last)
            TransportLog.AcceptPaused(_logger, errno.ToString());
    }
}
