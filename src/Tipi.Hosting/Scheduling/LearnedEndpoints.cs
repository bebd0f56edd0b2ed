using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Scheduling;

/// <summary>Endpoints that held a ring.</summary>
internal sealed class LearnedEndpoints(ILogger log, ServerMetrics metrics)
{
    internal void Report(string endpoint)
    {
        log.EndpointLearned(endpoint);
        metrics.EndpointLearned();
    }
}
