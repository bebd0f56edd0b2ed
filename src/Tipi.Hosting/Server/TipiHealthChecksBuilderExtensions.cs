using Microsoft.Extensions.Diagnostics.HealthChecks;
using Tipi.Hosting.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the readiness check of the server.</summary>
public static class TipiHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds a check that is healthy while the server accepts new connections. It becomes unhealthy as soon as the host
    /// is asked to stop, <c>DrainDelay</c> before the server stops accepting.
    /// </summary>
    /// <param name="builder">The health checks.</param>
    /// <param name="name">The check's name.</param>
    /// <param name="tags">Tags for filtering. Default: <c>ready</c>.</param>
    public static IHealthChecksBuilder AddTipiReadiness(
        this IHealthChecksBuilder builder, string name = "tipi", params string[] tags)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(tags);
        return builder.AddCheck<ReadinessCheck>(name, HealthStatus.Unhealthy, tags.Length == 0 ? ["ready"] : tags);
    }
}
