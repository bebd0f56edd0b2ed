using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace Tipi.Hosting;

/// <summary>Healthy while the server wants connections: from the end of its start to the begin of its stop.</summary>
internal sealed class ReadinessCheck(IServer server, IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        bool isStopping = lifetime.ApplicationStopping.IsCancellationRequested;
        bool isReady = !isStopping && server is not TipiServer { IsReady: false };
        return Task.FromResult(isReady
            ? HealthCheckResult.Healthy()
            : new HealthCheckResult(context.Registration.FailureStatus, "The server stops or has not started."));
    }
}
