using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Tipi.Transport.Uring;

/// <summary>
/// Says once, at start, why the server listens with sockets after all. Elsewhere than on Linux it is no news.
/// </summary>
internal sealed class MissingRingNotice(RingSupport support, ILoggerFactory loggerFactory) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsLinux())
            TransportLog.RingMissing(
                loggerFactory.CreateLogger("Tipi.Transport.Uring"), support.Cause ?? "", support.Remedy ?? "");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
