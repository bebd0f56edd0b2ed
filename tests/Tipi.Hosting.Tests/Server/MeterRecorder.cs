using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace Tipi.Hosting.Tests.Server;

/// <summary>Keeps what one server's meters measure.</summary>
internal sealed class MeterRecorder : IDisposable
{
    private readonly MeterListener _listener = new();

    /// <param name="server">The server.</param>
    /// <param name="only">The one instrument to listen to; null: all.</param>
    internal MeterRecorder(TestServer server, string? only = null)
    {
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests run servers of their own in this process.
            if (!ReferenceEquals(instrument.Meter.Scope, factory)) return;
            if (only is not null && instrument.Name != only) return;
            Instruments.Add(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    internal ConcurrentBag<Instrument> Instruments { get; } = [];

    internal ConcurrentQueue<Measured> All { get; } = [];

    /// <summary>Waits until an instrument has so many measurements.</summary>
    internal async Task<Measured[]> WaitAsync(string instrument, int count = 1)
    {
        for (int i = 0; i < 400; i++)
        {
            Measured[] found = All.Where(measured => measured.Instrument == instrument).ToArray();
            if (found.Length >= count) return found;
            await Task.Delay(50);
        }
        throw new TimeoutException($"{instrument} has fewer than {count} measurements.");
    }

    public void Dispose() => _listener.Dispose();

    private void Add(
        Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string[] texts = new string[tags.Length];
        for (int i = 0; i < tags.Length; i++)
            texts[i] = string.Create(CultureInfo.InvariantCulture, $"{tags[i].Key}={tags[i].Value}");
        All.Enqueue(new Measured(instrument.Name, value, string.Join(" ", texts)));
    }
}
