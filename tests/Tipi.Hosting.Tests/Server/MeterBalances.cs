using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Tipi.Hosting.Tests.Server;

/// <summary>What one server's up-down counters stand at, by instrument: everything that it has in hand now.</summary>
internal sealed class MeterBalances : IDisposable
{
    private readonly ConcurrentDictionary<string, long> _balances = new();
    private readonly MeterListener _listener = new();

    /// <param name="server">Must have no connections yet.</param>
    internal MeterBalances(TestServer server)
    {
        var factory = server.Services.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            // Other tests run servers of their own in this process.
            if (!ReferenceEquals(instrument.Meter.Scope, factory)) return;
            if (instrument is UpDownCounter<long>) listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            _balances.AddOrUpdate(instrument.Name, value, (_, balance) => balance + value));
        _listener.Start();
    }

    /// <summary>Instruments that were used.</summary>
    internal IEnumerable<string> Used => _balances.Keys;

    /// <summary>Those that do not stand at zero, with their values; empty where there is none.</summary>
    internal string Open => string.Join(
        ", ", _balances.Where(balance => balance.Value != 0).Select(balance => $"{balance.Key} = {balance.Value}"));

    public void Dispose() => _listener.Dispose();
}
