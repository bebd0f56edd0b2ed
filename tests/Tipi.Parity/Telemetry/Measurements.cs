using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Telemetry;

/// <summary>What one server's instruments of Kestrel's meter were given since this was made.</summary>
internal sealed class Measurements : IDisposable
{
    private const string MeterName = "Microsoft.AspNetCore.Server.Kestrel";
    private const string Active = "kestrel.active_connections";
    private const string Duration = "kestrel.connection.duration";

    private readonly ConcurrentQueue<Measurement> _all = [];
    private readonly ConcurrentQueue<Instrument> _instruments = [];
    private readonly MeterListener _listener = new();

    internal Measurements(SubjectServer server)
    {
        IMeterFactory meters = server.Meters;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name != MeterName || !ReferenceEquals(instrument.Meter.Scope, meters)) return;
            _instruments.Enqueue(instrument);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    internal IEnumerable<Instrument> Instruments => _instruments;

    /// <summary>Each connection that was counted as active has ended, and all its values are here.</summary>
    internal bool IsSettled
    {
        get
        {
            Measurement[] active = [.. _all.Where(one => one.Instrument == Active)];
            int opened = active.Count(one => one.Value > 0);
            return opened > 0 && active.Sum(one => one.Value) == 0
                && _all.Count(one => one.Instrument == Duration) >= opened;
        }
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>The values of each instrument; the tags they share stand last.</summary>
    internal string Show(Func<string, string> clean)
    {
        string[] shared = [.. _all.Select(one => one.Tags.AsEnumerable()).Aggregate((a, b) => a.Intersect(b))];
        IEnumerable<string> parts =
            from one in _all
            group one by (one.Instrument, Tags: string.Join(' ', one.Tags.Except(shared))) into same
            orderby same.Key.Instrument, same.Key.Tags
            select $"{same.Key.Instrument["kestrel.".Length..]} {ShowValues(same)}"
                + (same.Key.Tags.Length > 0 ? $" ({same.Key.Tags})" : "");
        return clean($"{string.Join(", ", parts)}; {string.Join(' ', shared)}");
    }

    private static string ShowValues(IEnumerable<Measurement> same)
    {
        Measurement[] all = [.. same];
        if (all[0].Instrument.EndsWith(".duration", StringComparison.Ordinal)) return $"×{all.Length}";
        return string.Join(' ', all.GroupBy(one => one.Value).OrderByDescending(one => one.Key).Select(
            one => one.Key.ToString("+0;-0", CultureInfo.InvariantCulture)
                + (one.Count() > 1 ? $" ×{one.Count()}" : "")));
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var shown = new List<string>();
        foreach (KeyValuePair<string, object?> tag in tags) shown.Add($"{tag.Key}={tag.Value}");
        shown.Sort(StringComparer.Ordinal);
        _all.Enqueue(new Measurement(instrument.Name, value, shown));
    }
}
