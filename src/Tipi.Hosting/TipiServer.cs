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
using Tipi.Hosting.Systemd;
using Tipi.Hosting.Tls.Certificates;
using Tipi.Transport.Uring;

namespace Tipi.Hosting;

/// <summary>
/// The server: binds, accepts, serves, and stops in this order: say so (readiness, <c>Connection: close</c>), wait for
/// load balancers, stop accepting, ask, wait for the host's deadline, abort, dispose.
/// </summary>
internal sealed class TipiServer : IServer
{
    private readonly TipiServerOptions _options;
    private readonly ILoggerFactory _logs;
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
    private Task? _stop;

    public TipiServer(IOptions<TipiServerOptions> options, ILoggerFactory logs, IMeterFactory? meters = null)
    {
        _options = options.Value;
        _logs = logs;
        _log = logs.CreateLogger(ServerLog.Category);
        _metrics = new ServerMetrics(meters, _options.EmitKestrelMetrics);
        Features.Set<IServerAddressesFeature>(_addresses);
    }

    /// <summary>True from the end of the start to the begin of the stop.</summary>
    internal bool IsReady => _context is { IsDraining: false } && _heartbeat?.IsRunning == true;

    public IFeatureCollection Features { get; } = new FeatureCollection();

    public async Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        if (_context is not null || _stop is not null)
            throw new InvalidOperationException("The server has been started already.");
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

    public Task StopAsync(CancellationToken cancellationToken) => _stop ??= StopOnceAsync(cancellationToken);

    public void Dispose()
    {
        bool wasStopped = _stop is not null;
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
        _context = new ServerContext(_options, new ServerLoggers(_logs), _metrics, application)
        {
            AccessLog = AccessLog.Start(_options.AccessLog, _metrics, _log),
        };
        RingSupport support = RingSupport.Probe();
        _connections = new ConnectionRegistry(_context);
        _systemd = SystemdService.Create(Environment.GetEnvironmentVariable, Environment.ProcessId, _log);
        _heartbeat = new Heartbeat(_context, _connections, _systemd?.Watchdog);
        var sockets = new BoundSockets();
        _transport = TransportChoice.Make(_options, sockets, support.Cause, support.Remedy, _logs);
        var factories = new ListenerFactories(_transport, _options.ApplicationServices);
        _endpoints = new EndpointSet(new EndpointBinder(factories, sockets, _context), _connections, _addresses);
        _watch = ConfigurationWatch.Start(_options, _addresses, new EndpointReload(_endpoints, _context, _connections));
        try
        {
            IReadOnlyList<TipiListenOptions> plan = EndpointPlan.Make(_options, _addresses, _log);
            IgnoredKeys.Report(_options.ConfigurationLoader, _log);
            await _endpoints.BindAsync(plan, cancellationToken).ConfigureAwait(false);
            _heartbeat.Start();
            _endpoints.Start();
            _certificates = new CertificateWatch(_options.Certificates, _context.Logs.Certificates);
            _certificates.Start();
            _systemd?.Follow(_options.ApplicationServices);
        }
        finally
        {
            _watch?.Release(_heartbeat.IsRunning);
        }
    }

    /// <exception cref="InvalidOperationException">Nothing would be left of the host's patience.</exception>
    private void CheckDrainDelay()
    {
        if (_options.DrainDelay == TimeSpan.Zero) return;
        var host = (IOptions<HostOptions>?)_options.ApplicationServices.GetService(typeof(IOptions<HostOptions>));
        if (_options.DrainDelay >= host?.Value.ShutdownTimeout)
            throw new InvalidOperationException(
                $"TipiServerOptions.DrainDelay is {_options.DrainDelay}, and HostOptions.ShutdownTimeout is "
                + $"{host!.Value.ShutdownTimeout}: requests would be aborted before the stop begins. Make the delay "
                + "shorter or the timeout longer.");
    }

    private async Task StopOnceAsync(CancellationToken cancellationToken)
    {
        if (_context is null) return;
        var steps = new StopSteps();
        if (_watch is not null) await steps.TakeAsync(() => _watch.DisposeAsync().AsTask()).ConfigureAwait(false);
        if (_certificates is not null)
            await steps.TakeAsync(() => _certificates.DisposeAsync().AsTask()).ConfigureAwait(false);
        if (_heartbeat?.IsRunning == true)
        {
            _context.IsDraining = true;
            await steps.TakeAsync(() => WaitForLoadBalancersAsync(cancellationToken)).ConfigureAwait(false);
            await steps.TakeAsync(_endpoints!.StopAsync).ConfigureAwait(false);
            _context.IsStopping = true;
            await steps.TakeAsync(() => _connections!.DrainAsync(cancellationToken)).ConfigureAwait(false);
        }
        if (_endpoints is not null) await steps.TakeAsync(_endpoints.DisposeAsync).ConfigureAwait(false);
        if (_heartbeat is not null) steps.Take(_heartbeat.Dispose);
        if (_systemd is not null) steps.Take(_systemd.Dispose);
        await steps.TakeAsync(DisposeTransportAsync).ConfigureAwait(false);
        if (_context.AccessLog is { } accessLog) steps.Take(accessLog.Dispose);
        steps.ThrowIfAnyFailed();
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
