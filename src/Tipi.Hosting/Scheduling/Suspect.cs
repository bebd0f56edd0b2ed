using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// A route, or a path without one, that has held a ring or slept on it at least once. One number decides:
/// <code>
///   a stretch lost its ring: +100, slept: +20, kept it: −1      apart, slow or asleep: 2000, quick: −1
///          ┌─────────────────┐      reaches 160: it is 2000      ┌─────────────────┐
///          │ on the ring     │ ────────────────────────────────→ │ on threads apart│
///          └─────────────────┘ ←──────────────────────────────── └─────────────────┘
///                                        is 0 again
/// </code>
/// So two hand-offs in forty stretches are a habit, and one in a hundred is in the end: a rarer one costs less than the
/// threads, and the machine takes the processor away from any handler now and then. Who sleeps for less than the
/// budget, as a commit to a fast disk does, is learned after eight times. Two thousand quick stretches without a slow
/// one show that the habit was a mistake, or is over.
/// </summary>
/// <remarks>
/// A request is looked at before routing, so it is matched by method and route pattern; matching too much is harmless.
/// Counts are made without locks and may lose one to a race: what matters is the order of magnitude.
/// </remarks>
internal sealed class Suspect
{
    private const int HandOffWeight = 100;
    private const int SleepWeight = 20;
    private const int Habit = 160;
    private const int Doubtless = 2000;

    private readonly string? _path;
    private readonly IReadOnlyList<string> _methods = [];
    private readonly TemplateMatcher? _matcher;
    private int _debt;

    internal Suspect(string path) => _path = path;

    internal Suspect(RouteEndpoint endpoint)
    {
        _methods = endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? [];
        _matcher = new TemplateMatcher(
            new RouteTemplate(endpoint.RoutePattern), new RouteValueDictionary(endpoint.RoutePattern.Defaults));
    }

    internal bool IsLearned { get; private set; }

    /// <summary>True while many of it are late at once: what begins meanwhile is not to lose a ring, too.</summary>
    internal bool IsCrowded { get; set; }

    /// <summary>True where it belongs on threads apart.</summary>
    internal bool IsApart => IsLearned || IsCrowded;

    /// <summary>True once it was told to somebody that it is learned.</summary>
    internal bool IsReported { get; set; }

    internal bool Matches(string method, string path)
    {
        if (_matcher is null) return path == _path;
        if (_methods.Count > 0 && !_methods.Contains(method, StringComparer.OrdinalIgnoreCase)) return false;
        return path.StartsWith('/') && _matcher.TryMatch(new PathString(path), []);
    }

    /// <summary>Counts a stretch that kept its ring.</summary>
    internal void CountKept()
    {
        if (_debt > 0 && !IsLearned) _debt--;
    }

    /// <summary>
    /// Counts a stretch that lost its ring; true when this is the one that makes it learned: at once where it waited
    /// for a disk or a child, which no busy machine brings about.
    /// </summary>
    internal bool CountHandOff(bool sleptUninterruptibly = false) =>
        Owe(sleptUninterruptibly ? Habit : HandOffWeight);

    /// <summary>Counts a stretch that slept for a moment; true when this is the one that makes it learned.</summary>
    internal bool CountSleep() => Owe(SleepWeight);

    private bool Owe(int weight)
    {
        if (IsLearned) return false;
        _debt += weight;
        if (_debt < Habit) return false;
        _debt = Doubtless;
        IsLearned = true;
        return true;
    }

    /// <summary>Counts a stretch on a thread apart; true when this is the one that ends the habit.</summary>
    internal bool CountApart(bool isQuick)
    {
        if (!IsLearned) return false;
        _debt = isQuick ? _debt - 1 : Doubtless;
        if (_debt > 0) return false;
        IsLearned = false;
        return true;
    }
}
