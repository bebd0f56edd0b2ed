namespace Tipi.Hosting.Threads;

/// <summary>How many threads a <see cref="WorkThreads"/> has.</summary>
internal sealed class ThreadGrowth
{
    /// <summary>So many are started at once, each when work comes and all are busy.</summary>
    internal required int AtOnce { get; init; }

    /// <summary>Beyond that they grow slowly, to so many at most.</summary>
    internal required int Most { get; init; }

    /// <summary>A thread that is longer in one piece of work waits for somebody, and does not count.</summary>
    internal required TimeSpan LongestWork { get; init; }
}
