using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tipi.Chaos.App;

/// <summary>The server's up-down instruments, each with what it stands at.</summary>
internal sealed class Balances : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _values = new();
    private readonly MeterListener _listener = new();

    internal Balances()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument is UpDownCounter<long>) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, change, _, _) =>
            _values.AddOrUpdate(instrument.Name, change, (_, value) => value + change));
        _listener.Start();
    }

    internal long this[string instrument] => _values.GetValueOrDefault(instrument);

    public void Dispose() => _listener.Dispose();
}
