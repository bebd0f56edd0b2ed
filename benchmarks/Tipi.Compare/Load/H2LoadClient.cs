using System.Globalization;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>Runs h2load, a new process each time.</summary>
internal sealed class H2LoadClient : ILoadClient
{
    private readonly H2Load _load;
    private readonly RunningServer _server;
    private readonly string _cpus;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tipi-compare-h2load-");

    public H2LoadClient(H2Load load, RunningServer server, string cpus)
    {
        _load = load;
        _server = server;
        _cpus = cpus;
        if (Workload.RequestBody is { } body)
            File.WriteAllText(BodyFile, body);
    }

    private Workload Workload => _server.Launch.Workload;

    private string BodyFile => Path.Combine(_folder.FullName, "body");

    private string LogFile => Path.Combine(_folder.FullName, "log");

    public async Task<LoadReport> RunAsync(int seconds)
    {
        var report = H2LoadReport.Read(await CommandRun.ReadAsync("taskset", ["-c", _cpus, .. Command(seconds)]));
        report.RequireClean();
        report.RequireProtocol(Workload.IsEncrypted);
        return new LoadReport(report.Succeeded, TimeSpan.FromSeconds(seconds), Figures(report))
        {
            AnswerBytes = report.AnswerBytes,
        };
    }

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    private IEnumerable<string> Command(int seconds)
    {
        var invariant = CultureInfo.InvariantCulture;
        List<string> command =
        [
            "h2load",
            "-c", _load.Connections.ToString(invariant),
            "-m", _load.Streams.ToString(invariant),
            "-D", seconds.ToString(invariant),
            "--tls13-ciphers", TlsClient.Cipher.ToString(),
        ];
        if (Workload.RequestBody is not null)
            command.AddRange(["-d", BodyFile, "-H", $"content-type: {Workload.ContentType}"]);
        if (_load.PerSecond is { } rate)
            command.AddRange(["--rps", (rate / _load.Connections).ToString(invariant), "--log-file", LogFile]);
        return command.Append(_server.Url.ToString());
    }

    private Dictionary<Metric, double> Figures(H2LoadReport report)
    {
        var figures = new Dictionary<Metric, double> { [Metric.Mean] = report.MeanMs, [Metric.Worst] = report.WorstMs };
        if (_load.PerSecond is null)
            return figures;
        var sorted = H2LoadLog.ReadLatenciesMs(File.ReadLines(LogFile)).Order().ToArray();
        File.Delete(LogFile);
        figures[Metric.P50] = RateReport.Percentile(sorted, 0.5);
        figures[Metric.P99] = RateReport.Percentile(sorted, 0.99);
        figures[Metric.P999] = RateReport.Percentile(sorted, 0.999);
        figures[Metric.Worst] = sorted[^1];
        return figures;
    }
}
