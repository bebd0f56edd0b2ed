using System.Collections.Frozen;
using System.Runtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Endpoints that hold a ring past its budget as a habit. A request comes before routing, so it is matched by method
/// and route pattern; one that has no endpoint by its exact path. Matching too much is harmless: the request starts on
/// another thread.
/// </summary>
internal sealed class LearnedEndpoints(ILogger log, ServerMetrics metrics)
{
    /// <summary>
    /// Endpoints and paths that are remembered: enough for any application, and a bound for invented paths.
    /// </summary>
    private const int MostSuspects = 256;

    /// <summary>A run on the pool that would not have cost a ring anything.</summary>
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(1);

    /// <summary>Compilation that explains a lost ring by itself.</summary>
    private static readonly TimeSpan s_longCompilation = TimeSpan.FromMilliseconds(1);

    [ThreadStatic]
    private static TimeSpan t_compiled;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Suspect> _paths = new(StringComparer.Ordinal);
    private readonly List<LearnedRoute> _routes = [];
    private volatile FrozenDictionary<object, Suspect>? _suspects;
    private volatile DecisionCache? _decisions;

    /// <summary>True when the request belongs to a learned endpoint.</summary>
    internal bool Contains(HttpExchange exchange) =>
        _decisions is { } decisions && Decide(decisions, exchange.ReceivedMethod, exchange.ReceivedPath);

    /// <summary>The application served this request on a ring and kept the ring.</summary>
    internal void NoteRun(HttpExchange exchange) => Find(exchange)?.CountRun();

    /// <summary>The application served this request on a blocking thread, since its endpoint is learned.</summary>
    internal void NoteBlockingThreadRun(HttpExchange exchange, TimeSpan time)
    {
        if (Find(exchange)?.CountBlockingThreadRun(time < s_quick) == true) ForgetDecisions();
    }

    /// <summary>The application held a ring while it served this request.</summary>
    internal void NoteHandOff(HttpExchange exchange, long handOffs)
    {
        metrics.HandedOff(handOffs);
        if (HasCompiled()) return;
        bool isFirst;
        lock (_gate)
        {
            Suspect? suspect = Find(exchange) ?? AddSuspect(KeyOf(exchange));
            if (suspect?.CountHandOff() != true) return;
            isFirst = Learn(exchange, suspect);
        }
        ForgetDecisions();
        if (!isFirst) return;
        metrics.EndpointLearned();
        log.EndpointLearned(
            exchange.Endpoint.Endpoint?.DisplayName ?? $"{exchange.ReceivedMethod} {exchange.ReceivedPath}");
    }

    /// <summary>
    /// True when this thread has compiled code since the last hand-off here: that happens once, at the first call.
    /// </summary>
    private static bool HasCompiled()
    {
        TimeSpan before = t_compiled;
        t_compiled = JitInfo.GetCompilationTime(currentThread: true);
        return t_compiled - before > s_longCompilation;
    }

    private static object KeyOf(HttpExchange exchange) => (object?)exchange.Endpoint.Endpoint ?? exchange.ReceivedPath;

    private Suspect? Find(HttpExchange exchange) => _suspects?.GetValueOrDefault(KeyOf(exchange));

    private Suspect? AddSuspect(object key)
    {
        FrozenDictionary<object, Suspect> known = _suspects ?? FrozenDictionary<object, Suspect>.Empty;
        if (known.Count >= MostSuspects) return null;
        var suspect = new Suspect();
        _suspects = known.Append(new(key, suspect)).ToFrozenDictionary();
        return suspect;
    }

    /// <summary>True when it was not learned before, forgiven and learned again.</summary>
    private bool Learn(HttpExchange exchange, Suspect suspect)
    {
        if (exchange.Endpoint.Endpoint is RouteEndpoint endpoint)
        {
            if (_routes.Exists(known => ReferenceEquals(known.Suspect, suspect))) return false;
            var route = new LearnedRoute(endpoint, suspect);
            // Under a path base the pattern does not fit to what is received; then the path is learned.
            if (route.Matches(exchange.ReceivedMethod, exchange.ReceivedPath))
            {
                _routes.Add(route);
                return true;
            }
        }
        return _paths.Count < MostSuspects && _paths.TryAdd(exchange.ReceivedPath, suspect);
    }

    private void ForgetDecisions() => _decisions = new DecisionCache();

    private bool Decide(DecisionCache decisions, string method, string path)
    {
        if (decisions.TryFind(method, path, out bool isLearned)) return isLearned;
        lock (_gate)
        {
            isLearned = (_paths.TryGetValue(path, out Suspect? suspect) && suspect.IsLearned)
                || _routes.Exists(route => route.Suspect.IsLearned && route.Matches(method, path));
        }
        decisions.Keep(method, path, isLearned);
        return isLearned;
    }
}
