using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Endpoints that held a ring past its budget. The first time counts as warm-up (compilation, a cold cache); after the
/// second the endpoint is learned. A request comes before routing, so it is matched by method and route pattern; one that
/// has no endpoint by its exact path. Matching too much is harmless: the request starts on the thread pool.
/// </summary>
internal sealed class LearnedEndpoints(ILogger log, ServerMetrics metrics)
{
    /// <summary>Endpoints and paths that are remembered: enough for any application, and a bound for invented paths.</summary>
    private const int MostEntries = 256;

    private const int WarmUps = 1;

    private readonly Lock _gate = new();
    private readonly Dictionary<object, int> _handOffs = [];
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private LearnedRoute[] _routes = [];
    private volatile DecisionCache? _decisions;

    /// <summary>True when the request belongs to a learned endpoint.</summary>
    internal bool Contains(HttpExchange exchange) =>
        _decisions is { } decisions && Decide(decisions, exchange.ReceivedMethod, exchange.ReceivedPath);

    /// <summary>The application held a ring while it served this request.</summary>
    internal void Note(HttpExchange exchange, long handOffs)
    {
        metrics.HandedOff(handOffs);
        string path = exchange.ReceivedPath;
        var endpoint = exchange.Endpoint.Endpoint as RouteEndpoint;
        LearnedRoute? route = endpoint is null ? null : new LearnedRoute(endpoint);
        // Under a path base the pattern does not fit to what is received.
        if (route?.Matches(exchange.ReceivedMethod, path) == false) route = null;
        string name = endpoint?.DisplayName ?? $"{exchange.ReceivedMethod} {path}";
        lock (_gate)
        {
            if (!Count(route is null ? path : endpoint!)) return;
            if (route is null) _paths.Add(path);
            else _routes = [.. _routes, route];
            _decisions = new DecisionCache();
        }
        metrics.EndpointLearned();
        log.EndpointLearned(name);
    }

    /// <summary>Counts a hand-off; true when it is the one that makes its endpoint learned.</summary>
    private bool Count(object key)
    {
        _handOffs.TryGetValue(key, out int count);
        if (count == 0 && _handOffs.Count >= MostEntries) return false;
        _handOffs[key] = ++count;
        return count == WarmUps + 1;
    }

    private bool Decide(DecisionCache decisions, string method, string path)
    {
        if (decisions.TryFind(method, path, out bool isLearned)) return isLearned;
        lock (_gate)
        {
            isLearned = _paths.Contains(path) || Array.Exists(_routes, route => route.Matches(method, path));
        }
        decisions.Keep(method, path, isLearned);
        return isLearned;
    }
}
