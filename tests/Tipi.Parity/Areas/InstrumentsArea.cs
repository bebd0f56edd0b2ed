using System.Diagnostics.Metrics;
using Tipi.Parity.Servers;
using Tipi.Parity.Telemetry;

namespace Tipi.Parity.Areas;

/// <summary>The instruments of Kestrel's meter.</summary>
internal sealed class InstrumentsArea : IArea
{
    public string Name => "Instruments";

    public string Meaning => "Of the meter `Microsoft.AspNetCore.Server.Kestrel`: kind, unit, description, buckets.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        await using SubjectServer server = await SubjectServer.StartAsync(
            subject, Settings.Defaults, static _ => Task.CompletedTask);
        using var measurements = new Measurements(server);
        return measurements.Instruments.OrderBy(one => one.Name).ToDictionary(one => one.Name, Show);
    }

    private static string Show(Instrument instrument)
    {
        Type type = instrument.GetType();
        string kind = $"{type.Name.Split('`')[0]} of {type.GetGenericArguments()[0].Name}";
        string text = $"{kind}, {instrument.Unit}, {instrument.Description}";
        if (instrument is Histogram<double> { Advice.HistogramBucketBoundaries: { } bounds })
            text += $" {string.Join(' ', bounds.Select(bound => FormattableString.Invariant($"{bound}")))}";
        return text;
    }
}
