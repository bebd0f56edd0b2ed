using System.Diagnostics;

namespace Tipi.Hosting.Diagnostics;

/// <summary>What is kept of a connection that is measured. Made only while somebody listens.</summary>
/// <param name="tags">By which endpoint it came.</param>
/// <param name="isActiveCounted">It was counted as active, and is to be uncounted.</param>
/// <param name="isQueueCounted">Its requests are counted while they wait.</param>
internal sealed class ConnectionMeasurement(EndpointTags tags, bool isActiveCounted, bool isQueueCounted)
{
    private readonly long _start = Stopwatch.GetTimestamp();

    internal EndpointTags Endpoint { get; } = tags;

    internal bool IsActiveCounted { get; } = isActiveCounted;

    internal bool IsQueueCounted { get; } = isQueueCounted;

    /// <summary>It was counted as upgraded, and is to be uncounted.</summary>
    internal bool IsUpgradeCounted { get; set; }

    internal double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;
}
