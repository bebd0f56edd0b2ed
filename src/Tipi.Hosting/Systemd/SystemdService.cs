using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Systemd;

/// <summary>
/// The server as a service of systemd: READY=1 once the host has started, STOPPING=1 when it begins to stop, WATCHDOG=1
/// between. Off where NOTIFY_SOCKET is not set.
/// </summary>
/// <remarks>
/// The package Microsoft.Extensions.Hosting.Systemd sends the first two from its host lifetime; where that is in use
/// only the watchdog, which it does not have, is ours.
/// </remarks>
internal sealed class SystemdService : IDisposable
{
    private const string OtherLifetime = "Microsoft.Extensions.Hosting.Systemd.SystemdLifetime";

    private readonly SystemdNotifier _notifier;
    private CancellationTokenRegistration _started;
    private CancellationTokenRegistration _stopping;

    private SystemdService(SystemdNotifier notifier, TimeSpan? watchdogInterval)
    {
        _notifier = notifier;
        if (watchdogInterval is { } interval) Watchdog = new SystemdWatchdog(notifier, interval);
    }

    /// <summary>Null where systemd does not watch.</summary>
    internal SystemdWatchdog? Watchdog { get; }

    /// <summary>Null where systemd does not ask.</summary>
    internal static SystemdService? Create(Func<string, string?> variable, int processId, ILogger log)
    {
        SystemdNotifier? notifier = SystemdNotifier.Create(variable("NOTIFY_SOCKET"), log);
        return notifier is null ? null : new SystemdService(notifier, WatchdogInterval(variable, processId));
    }

    /// <summary>Follows the host.</summary>
    internal void Follow(IServiceProvider services)
    {
        if (services.GetService<IHostLifetime>()?.GetType().FullName == OtherLifetime) return;
        if (services.GetService<IHostApplicationLifetime>() is not { } lifetime) return;
        _started = lifetime.ApplicationStarted.UnsafeRegister(
            static self => ((SystemdService)self!)._notifier.Send("READY=1"), this);
        _stopping = lifetime.ApplicationStopping.UnsafeRegister(
            static self => ((SystemdService)self!)._notifier.Send("STOPPING=1"), this);
    }

    public void Dispose()
    {
        _started.Dispose();
        _stopping.Dispose();
        _notifier.Dispose();
    }

    // sd_watchdog_enabled(3): the interval is in microseconds, and may be meant for another process.
    private static TimeSpan? WatchdogInterval(Func<string, string?> variable, int processId)
    {
        if (variable("WATCHDOG_PID") is { Length: > 0 } pid
            && pid != processId.ToString(CultureInfo.InvariantCulture)) return null;
        bool isSet = long.TryParse(
            variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long microseconds);
        return isSet && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds) : null;
    }
}
