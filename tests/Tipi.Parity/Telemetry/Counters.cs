using System.Collections.Concurrent;
using System.Diagnostics.Tracing;

namespace Tipi.Parity.Telemetry;

/// <summary>The counters that one event source reports.</summary>
internal sealed class Counters(string source) : EventListener
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, string> _all = [];

    /// <summary>Listens until one round of reports has come.</summary>
    internal async Task<IReadOnlyDictionary<string, string>> ReadAsync(EventSource from)
    {
        EnableEvents(from, EventLevel.Critical, EventKeywords.None,
            new Dictionary<string, string?> { ["EventCounterIntervalSec"] = "1" });
        using var deadline = new CancellationTokenSource(s_patience);
        int seen;
        do
        {
            seen = _all.Count;
            await Task.Delay(TimeSpan.FromSeconds(2));
        }
        while ((_all.IsEmpty || _all.Count > seen) && !deadline.IsCancellationRequested);
        return _all;
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventName != "EventCounters" || eventData.EventSource.Name != source) return;
        if (eventData.Payload?[0] is not IDictionary<string, object> counter) return;
        _all[$"{counter["Name"]}"] =
            $"{counter["DisplayName"]}, {counter["CounterType"]}, {counter["DisplayUnits"]}".TrimEnd(',', ' ');
    }
}
