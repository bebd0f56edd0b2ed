using System.Globalization;
using System.Text.Json;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>Runs wrk, a new process each time.</summary>
internal sealed class WrkClient(WrkLoad load, RunningServer server, string cpus) : ILoadClient
{
    private const string ReportMark = "REPORT ";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public async Task<LoadReport> RunAsync(int seconds)
    {
        var report = await RunWrkAsync(seconds);
        report.RequireClean();
        var figures = new Dictionary<Metric, double>
        {
            [Metric.P50] = report.P50Us / 1e3,
            [Metric.P99] = report.P99Us / 1e3,
            [Metric.P999] = report.P999Us / 1e3,
        };
        return new LoadReport(report.Requests, TimeSpan.FromMicroseconds(report.DurationUs), figures)
        {
            AnswerBytes = (double)report.Bytes / report.Requests,
            UnderWay = load.Connections * load.Batch,
        };
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<WrkReport> RunWrkAsync(int seconds)
    {
        var invariant = CultureInfo.InvariantCulture;
        var bodyBytes = server.Launch.Workload.RequestBody?.Length ?? 0;
        var output = await CommandRun.ReadAsync(
            "taskset",
            [
                "-c", cpus, "wrk",
                "-t", load.Threads.ToString(invariant),
                "-c", load.Connections.ToString(invariant),
                "-d", seconds.ToString(invariant) + "s",
                "--timeout", "10s",
                "--latency",
                "-s", Path.Combine(AppContext.BaseDirectory, "Load", "wrk.lua"),
                server.Url.ToString(),
                "--", load.Batch.ToString(invariant), bodyBytes.ToString(invariant),
            ]);
        var line = output.Split('\n').FirstOrDefault(text => text.StartsWith(ReportMark, StringComparison.Ordinal))
            ?? throw new MeasurementException("wrk gave no report: " + output.Trim());
        return JsonSerializer.Deserialize<WrkReport>(line[ReportMark.Length..], Json)!;
    }
}
