using System.Diagnostics.Metrics;

namespace Tipi.Blocking.App;

/// <summary>Reads the server's counter of hand-offs, as a monitoring system would.</summary>
internal sealed class HandOffCounter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _count;

    public HandOffCounter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "tipi.hand_offs") listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref _count, count));
        _listener.Start();
    }

    public long Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
