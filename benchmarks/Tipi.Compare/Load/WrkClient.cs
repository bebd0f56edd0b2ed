using System.Globalization;
using System.Text.Json;
using Tipi.Compare.Machine;

namespace Tipi.Compare.Load;

/// <summary>Runs wrk, a closed-loop client: each connection sends its next batch when the last was answered.</summary>
internal static class WrkClient
{
    private const string ReportMark = "REPORT ";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static async Task<WrkReport> RunAsync(WrkLoad load, Uri url, string cpus)
    {
        var invariant = CultureInfo.InvariantCulture;
        var output = await CommandRun.ReadAsync(
            "taskset",
            [
                "-c", cpus, "wrk",
                "-t", load.Threads.ToString(invariant),
                "-c", load.Connections.ToString(invariant),
                "-d", load.Seconds.ToString(invariant) + "s",
                "--timeout", "10s",
                "--latency",
                "-s", Path.Combine(AppContext.BaseDirectory, "Load", "wrk.lua"),
                url.ToString(),
                "--", load.Batch.ToString(invariant), load.BodyBytes.ToString(invariant),
            ]);
        var line = output.Split('\n').FirstOrDefault(text => text.StartsWith(ReportMark, StringComparison.Ordinal))
            ?? throw new MeasurementException("wrk gave no report: " + output.Trim());
        return JsonSerializer.Deserialize<WrkReport>(line[ReportMark.Length..], Json)!;
    }
}
