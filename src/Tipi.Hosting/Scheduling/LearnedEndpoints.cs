using System.Collections.Frozen;
using System.Runtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Endpoints that hold a ring past its budget as a habit, or sleep on it; see <see cref="Suspect"/>.
/// </summary>
/// <remarks>
/// A habit is learned from stretches that have ended. Where many come at once and block for long, each would take a
/// ring's worker with it until there are none left, and the ring would stand still. So those that are late are counted
/// before they end, and what begins while they are many runs apart.
/// </remarks>
internal sealed class LearnedEndpoints(ILogger log, ServerMetrics metrics)
{
    /// <summary>
    /// Endpoints and paths that are remembered: enough for any application, and a bound for invented paths.
    /// </summary>
    private const int MostSuspects = 512;

    /// <summary>
    /// Stretches of one endpoint that are late at once before the next ones run apart: as many as learn it. All others
    /// wait for each of them, since one after the other holds the ring.
    /// </summary>
    private const int MostLateOfOne = 2;

    /// <summary>
    /// Stretches of all endpoints and paths that are late at once before all requests run apart. Fewer than the workers
    /// of a ring, so that none stands still.
    /// </summary>
    private const int MostLate = RingCrew.MaxWorkers * 3 / 4;

    /// <summary>A stretch on a thread apart that would not have cost a ring anything.</summary>
    private static readonly TimeSpan s_quick = TimeSpan.FromMilliseconds(1);

    /// <summary>Compilation that explains a lost ring by itself.</summary>
    private static readonly TimeSpan s_longCompilation = TimeSpan.FromMilliseconds(1);

    [ThreadStatic]
    private static TimeSpan t_compiled;

    private readonly Lock _gate = new();
    private readonly LateStretches _late = new();
    private volatile bool _areTooManyLate;
    private volatile FrozenDictionary<object, Suspect>? _suspects;
    private volatile DecisionCache? _decisions;

    /// <summary>True when the request belongs on a thread apart.</summary>
    internal bool Contains(HttpExchange exchange) => _areTooManyLate
        || (_decisions is { } decisions && Decide(decisions, exchange.ReceivedMethod, exchange.ReceivedPath));

    /// <summary>A stretch of the application ran on a ring and kept it.</summary>
    internal void NoteKept(in Served served)
    {
        if (_suspects is not null) Find(served)?.CountKept();
    }

    /// <summary>A stretch of the application has lost its ring and goes on. Called by the sentinel.</summary>
    internal void NoteLate(RingStretch stretch, long state, in Served served)
    {
        lock (_gate)
        {
            if (!stretch.TryBeLate(state, served)) return;
            if (_late.Add(served) == MostLateOfOne && (Find(served) ?? Add(served)) is { } suspect)
                SetCrowded(suspect, true);
            _areTooManyLate = _late.Total >= MostLate;
        }
    }

    /// <summary>A late stretch has ended.</summary>
    internal void NoteBack(RingStretch stretch)
    {
        lock (_gate)
        {
            Served served = stretch.LateOne;
            if (_late.Remove(served) == 0 && Find(served) is { IsCrowded: true } suspect) SetCrowded(suspect, false);
            _areTooManyLate = _late.Total >= MostLate;
        }
    }

    /// <summary>A stretch of the application ran on a thread apart.</summary>
    internal void NoteApart(in Served served, TimeSpan time, bool hasSlept)
    {
        if (Find(served)?.CountApart(isQuick: time < s_quick && !hasSlept) == true) _decisions = new DecisionCache();
    }

    /// <summary>A stretch of the application kept its ring, and slept for a moment.</summary>
    internal void NoteSlept(in Served served)
    {
        if (!HasCompiled()) Count(served, static suspect => suspect.CountSleep());
    }

    /// <summary>A stretch of the application held a ring past the budget.</summary>
    internal void NoteHandOff(in Served served, long handOffs, bool sleptUninterruptibly = false)
    {
        metrics.HandedOff(handOffs);
        if (HasCompiled()) return;
        if (sleptUninterruptibly) Count(served, static suspect => suspect.CountHandOff(sleptUninterruptibly: true));
        else Count(served, static suspect => suspect.CountHandOff());
    }

    /// <summary>Counts what says when it makes the endpoint learned.</summary>
    private void Count(in Served served, Func<Suspect, bool> count)
    {
        lock (_gate)
        {
            if ((Find(served) ?? Add(served)) is not { } suspect) return;
            if (!count(suspect)) return;
            _decisions = new DecisionCache();
            if (suspect.IsReported) return; // forgiven, and learned again
            suspect.IsReported = true;
        }
        metrics.EndpointLearned();
        log.EndpointLearned(served.Name);
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

    private void SetCrowded(Suspect suspect, bool isCrowded)
    {
        suspect.IsCrowded = isCrowded;
        _decisions = new DecisionCache();
    }

    private Suspect? Find(in Served served)
    {
        if (_suspects is not { } known) return null;
        return served.Endpoint is not null && known.TryGetValue(served.Endpoint, out Suspect? suspect)
            ? suspect
            : known.GetValueOrDefault(served.Path);
    }

    private Suspect? Add(in Served served)
    {
        FrozenDictionary<object, Suspect> known = _suspects ?? FrozenDictionary<object, Suspect>.Empty;
        if (known.Count >= MostSuspects) return null;
        object key = served.Path;
        var suspect = new Suspect(served.Path);
        // Under a path base the pattern does not fit to what is received; then it is the path.
        if (served.Endpoint is RouteEndpoint endpoint && new Suspect(endpoint) is var route
            && route.Matches(served.Method, served.Path))
            (key, suspect) = (endpoint, route);
        _suspects = known.Append(new(key, suspect)).ToFrozenDictionary();
        return suspect;
    }

    private bool Decide(DecisionCache decisions, string method, string path)
    {
        if (decisions.TryFind(method, path, out bool isLearned)) return isLearned;
        isLearned = _suspects!.Values.Any(suspect => suspect.IsApart && suspect.Matches(method, path));
        decisions.Keep(method, path, isLearned);
        return isLearned;
    }
}
