using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>Counts a server's refused connections by reason while it lives.</summary>
internal sealed class RefusalCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _reasons = [];

    internal RefusalCounter(TestServer server)
    {
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests run servers of their own in this process.
            if (!ReferenceEquals(instrument.Meter.Scope, factory)) return;
            if (instrument.Name == "tipi.refused_connections") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
                if (tag.Key == "reason") _reasons.Enqueue((string)tag.Value!);
        });
        _listener.Start();
    }

    internal int Total => _reasons.Count;

    internal int Count(string reason) => _reasons.Count(one => one == reason);

    public void Dispose() => _listener.Dispose();
}
