using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Server;

/// <summary>
/// Healthy while the server wants connections, from the end of its start to the begin of its stop, and each of its
/// rings answers.
/// </summary>
internal sealed class ReadinessCheck(IServer server, IHostApplicationLifetime lifetime) : IHealthCheck
{
    /// <summary>A ring that has not turned for so long, although it was asked, serves nobody.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested || server is TipiServer { IsReady: false })
            return new(context.Registration.FailureStatus, "The server is stopping or has not started.");
        if (server is TipiServer { Rings: { } rings } && !await AnswerAsync(rings, cancellationToken))
            return new(context.Registration.FailureStatus, "A ring of the server does not respond.");
        return HealthCheckResult.Healthy();
    }

    private static async Task<bool> AnswerAsync(
        UringConnectionListenerFactory rings, CancellationToken cancellationToken)
    {
        rings.AskRings();
        for (int pauseMs = 1; rings.Silence > TimeSpan.Zero; pauseMs = Math.Min(2 * pauseMs, 100))
        {
            if (rings.Silence > s_patience) return false;
            await Task.Delay(pauseMs, cancellationToken);
        }
        return true;
    }
}
