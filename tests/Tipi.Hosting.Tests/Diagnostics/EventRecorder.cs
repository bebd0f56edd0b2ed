using System.Collections.Concurrent;
using System.Diagnostics.Tracing;
using System.Globalization;

namespace Tipi.Hosting.Tests.Diagnostics;

/// <summary>
/// Keeps the events of Tipi's source, of all servers of the process, and its counters where they are asked for.
/// </summary>
internal sealed class EventRecorder(double? intervalSeconds = null) : EventListener
{
    internal ConcurrentQueue<EventWrittenEventArgs> Events { get; } = [];

    internal async Task<EventWrittenEventArgs?> WaitAsync(string name)
    {
        for (int i = 0; i < 400; i++)
        {
            if (Events.FirstOrDefault(one => one.EventName == name) is { } found) return found;
            await Task.Delay(50);
        }
        return null;
    }

    internal async Task<bool> WaitForCounterAsync(string name, Func<double, bool> isWanted)
    {
        for (int i = 0; i < 400; i++)
        {
            if (HasCounter(name, isWanted)) return true;
            await Task.Delay(50);
        }
        return false;
    }

    /// <summary>What is reported from now on: the second report, as the first may be under way.</summary>
    internal async Task<double> ReadCounterAsync(string name)
    {
        Events.Clear();
        for (int i = 0; i < 400; i++)
        {
            double[] reports = [.. Events.Select(one => ValueOf(one, name)).OfType<double>()];
            if (reports.Length >= 2) return reports[1];
            await Task.Delay(50);
        }
        throw new TimeoutException($"{name} is not reported.");
    }

    internal bool HasCounter(string name, Func<double, bool> isWanted) =>
        Events.Any(one => ValueOf(one, name) is { } value && isWanted(value));

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name != "Tipi-Server") return;
        var arguments = new Dictionary<string, string?>();
        if (intervalSeconds is { } seconds)
            arguments["EventCounterIntervalSec"] = seconds.ToString(CultureInfo.InvariantCulture);
        EnableEvents(eventSource, EventLevel.Informational, EventKeywords.All, arguments);
    }

    // Null: the base constructor may call before the fields are there.
    protected override void OnEventWritten(EventWrittenEventArgs eventData) => Events?.Enqueue(eventData);

    private static double? ValueOf(EventWrittenEventArgs written, string name)
    {
        if (written.EventName != "EventCounters") return null;
        if (written.Payload?[0] is not IDictionary<string, object> counter) return null;
        if (!name.Equals(counter["Name"])) return null;
        return (double)(counter.TryGetValue("Mean", out object? mean) ? mean : counter["Increment"]);
    }
}
