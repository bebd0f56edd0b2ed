namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Decisions for the paths seen lately, so that matching patterns is not paid for each request. Direct-mapped, so that
/// its size is fixed. Made anew when something is learned.
/// </summary>
internal sealed class DecisionCache
{
    private const int Size = 256;

    private readonly Decision?[] _decisions = new Decision?[Size];

    internal bool TryFind(string method, string path, out bool isLearned)
    {
        Decision? decision = Volatile.Read(ref Place(method, path));
        isLearned = decision?.IsLearned == true;
        return decision is not null && decision.Method == method && decision.Path == path;
    }

    internal void Keep(string method, string path, bool isLearned) =>
        Volatile.Write(ref Place(method, path), new Decision(method, path, isLearned));

    private ref Decision? Place(string method, string path) =>
        ref _decisions[(path.GetHashCode(StringComparison.Ordinal) ^ method.Length) & (Size - 1)];

    private sealed record Decision(string Method, string Path, bool IsLearned);
}
