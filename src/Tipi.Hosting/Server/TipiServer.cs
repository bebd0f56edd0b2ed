using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Configuration;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Diagnostics.Access;
using Tipi.Hosting.Endpoints;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Http1;
using Tipi.Hosting.Http2;
using Tipi.Hosting.Scheduling;
using Tipi.Hosting.Systemd;
using Tipi.Hosting.Threads;
using Tipi.Hosting.Tls.Certificates;
using Tipi.Transport.Uring;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Server;

/// <summary>
/// The server: binds, accepts, serves, and stops in this order: say so (readiness, <c>Connection: close</c>), wait for
/// load balancers, stop accepting, ask, wait for the host's deadline, abort, dispose.
/// </summary>
internal sealed class TipiServer : IServer
{
    private static readonly TimeSpan s_reloadPatience = TimeSpan.FromSeconds(3);

    private readonly TipiServerOptions _options;
    private readonly QuietLoggerFactory _logs;
    private readonly ILogger _log;
    private readonly ServerMetrics _metrics;
    private readonly ServerAddresses _addresses = new();
    private ServerContext? _context;
    private ConnectionRegistry? _connections;
    private Heartbeat? _heartbeat;
    private IConnectionListenerFactory? _transport;
    private EndpointSet? _endpoints;
    private ConfigurationWatch? _watch;
    private CertificateWatch? _certificates;
    private SystemdService? _systemd;
    private readonly StopDeadline _deadline;
    private TaskCompletionSource? _stopped;

    public TipiServer(IOptions<TipiServerOptions> options, ILoggerFactory logs, IMeterFactory? meters = null)
    {
        _options = options.Value;
        _logs = new QuietLoggerFactory(logs);
        _log = _logs.CreateLogger(ServerLog.Category);
        _deadline = new StopDeadline(_log);
        _metrics = new ServerMetrics(meters, _options.EmitKestrelMetrics);
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    /// <summary>True from the end of the start to the begin of the stop.</summary>
    internal bool IsReady => _context is { IsDraining: false } && _heartbeat?.IsRunning == true;

    /// <summary>Null where the server listens with something else, or not yet.</summary>
    internal UringConnectionListenerFactory? Rings => _transport as UringConnectionListenerFactory;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        if (_context is not null || _stopped is not null)
            throw new InvalidOperationException("The server has already been started.");
        CheckDrainDelay();
        try
        {
            await StartAsync(new HostedApplication<TContext>(application), cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            // The caller may go on without disposing of the server: another one may want the ports.
            try
            {
                await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
            }
            catch (Exception)
            {
                // Why it did not start is what the caller has to know.
            }
            throw;
        }
    }

    /// <summary>
    /// Stops the server. Whoever asks while it stops waits for the same stop, and may have less time.
    /// </summary>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        _deadline.Add(cancellationToken);
        var own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return Interlocked.CompareExchange(ref _stopped, own, null) is { } first ? first.Task : StopAsync(own);
    }

    public void Dispose()
    {
        bool wasStopped = _stopped is not null;
        try
        {
            StopAsync(new CancellationToken(canceled: true)).GetAwaiter().GetResult();
        }
        catch (Exception) when (wasStopped)
        {
            // Who stopped it was told. Thrown again, it would keep the host's other services from being disposed of.
        }
        finally
        {
            _metrics.Dispose();
        }
    }

    private async Task StartAsync(Application application, CancellationToken cancellationToken)
    {
        _context = new ServerContext(_options, new ServerLoggers(_logs), _metrics)
        {
            AccessLog = AccessLog.Start(_options.AccessLog, _metrics, _log),
        };
        OwnCall<RingSupport>? probe =
            _options.Transport == TipiTransport.Sockets ? null : RingSupport.BeginProbe();
        NeededAssemblies.Load(); // meanwhile
        RingSupport? support = probe?.End();
        _connections = MakeRegistry(new ExchangeContext(_context, application));
        _systemd = SystemdService.Create(
            Environment.GetEnvironmentVariable, Environment.ProcessId, new PooledLogger(_log));
        _heartbeat = new Heartbeat(_context, _connections, _systemd?.Watchdog);
        var sockets = new BoundSockets();
        _transport = TransportChoice.Make(_options, sockets, support?.Cause, support?.Remedy, _logs);
        if (_systemd?.Watchdog is { } watchdog) watchdog.Rings = Rings;
        var factories = new ListenerFactories(_transport, _options.ApplicationServices);
        _endpoints = new EndpointSet(new EndpointBinder(factories, sockets, _context), _connections, _addresses);
        _watch = ConfigurationWatch.Start(_options, _addresses, new EndpointReload(_endpoints, _context, _connections));
        try
        {
            IReadOnlyList<TipiListenOptions> plan = EndpointPlan.Make(_options, _addresses, _log);
            IgnoredKeys.Report(ConfigurationReading.Of(_options), _log);
            await _endpoints.BindAsync(plan, cancellationToken).ConfigureAwait(false);
            _heartbeat.Start();
            NeededThreads.Start();
            _certificates = new CertificateWatch(_options.Shared.Part<CertificateBook>(), _context.Logs.Certificates);
            _certificates.Start();
            _endpoints.Start();
            _systemd?.Follow(_options.ApplicationServices);
        }
        finally
        {
            _watch?.Release(_heartbeat.IsRunning);
        }
    }

    /// <summary>Ties the versions of HTTP together, which do not know each other.</summary>
    private static ConnectionRegistry MakeRegistry(ExchangeContext shared)
    {
        var schedulers = new Schedulers(shared);
        var http1 = new Http1Context(shared, schedulers, MakeHttp2);
        return new ConnectionRegistry(shared.Server)
        {
            Http1 = connection => new Http1Connection(connection, http1),
            Http2 = connection => MakeHttp2(connection, ProtocolChange.PriorKnowledge),
        };

        IConnectionProtocol MakeHttp2(ServerConnection connection, ProtocolChange change) =>
            new Http2Connection(connection, change, shared, schedulers);
    }

    /// <exception cref="InvalidOperationException">Nothing would be left of the host's patience.</exception>
    private void CheckDrainDelay()
    {
        if (_options.DrainDelay == TimeSpan.Zero) return;
        var host = (IOptions<HostOptions>?)_options.ApplicationServices.GetService(typeof(IOptions<HostOptions>));
        if (_options.DrainDelay >= host?.Value.ShutdownTimeout)
            throw new InvalidOperationException(
                $"TipiServerOptions.DrainDelay is {_options.DrainDelay}, but HostOptions.ShutdownTimeout is "
                + $"{host!.Value.ShutdownTimeout}, so requests would be aborted before the server stops accepting. "
                + "Reduce DrainDelay or increase ShutdownTimeout.");
    }

    private async Task StopAsync(TaskCompletionSource stopped)
    {
        try
        {
            await StopOnceAsync().ConfigureAwait(false);
            stopped.SetResult();
        }
        catch (Exception error)
        {
            stopped.SetException(error);
            throw;
        }
    }

    private async Task StopOnceAsync()
    {
        if (_context is null) return;
        var steps = new StopSteps(_deadline);
        // What they do now is of no use any more. A reload ends first, if it can: it binds endpoints.
        Task certificates = _certificates?.DisposeAsync().AsTask() ?? Task.CompletedTask;
        if (_watch is not null)
            await steps.TakeAsync("reload", () => _watch.DisposeAsync().AsTask(), most: s_reloadPatience)
                .ConfigureAwait(false);
        if (_heartbeat?.IsRunning == true) await StopServingAsync(_context, steps).ConfigureAwait(false);
        if (_endpoints is not null) await steps.TakeAsync("sockets", _endpoints.DisposeAsync).ConfigureAwait(false);
        if (_heartbeat is not null) await steps.TakeAsync("heartbeat", _heartbeat.Dispose).ConfigureAwait(false);
        if (_systemd is not null) await steps.TakeAsync("systemd", _systemd.Dispose).ConfigureAwait(false);
        await steps.TakeAsync("transport", DisposeTransportAsync).ConfigureAwait(false);
        if (_context.AccessLog is { } accessLog)
            await steps.TakeAsync("access log", accessLog.Dispose, grace: AccessLog.Patience).ConfigureAwait(false);
        await steps.TakeAsync("certificate files", () => certificates, most: StopDeadline.Grace).ConfigureAwait(false);
        steps.ThrowIfAnyFailed();
    }

    private async Task StopServingAsync(ServerContext context, StopSteps steps)
    {
        context.IsDraining = true;
        await steps.TakeAsync("delay", () => WaitForLoadBalancersAsync(_deadline.Token)).ConfigureAwait(false);
        await steps.TakeAsync("accepting", _endpoints!.StopAsync).ConfigureAwait(false);
        context.IsStopping = true;
        await steps.TakeAsync(
            "connections", () => _connections!.DrainAsync(_deadline.Token), grace: ConnectionRegistry.AbortPatience * 2)
            .ConfigureAwait(false);
    }

    private async Task DisposeTransportAsync()
    {
        if (_transport is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync().ConfigureAwait(false);
        else (_transport as IDisposable)?.Dispose();
    }

    private Task WaitForLoadBalancersAsync(CancellationToken cancellationToken)
    {
        if (_options.DrainDelay == TimeSpan.Zero) return Task.CompletedTask;
        _log.DrainDelayed(_options.DrainDelay);
        Task delay = Task.Delay(_options.DrainDelay, cancellationToken);
        return delay.ContinueWith(
            static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
