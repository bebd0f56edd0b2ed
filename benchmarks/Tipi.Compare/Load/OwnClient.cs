using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Load;

/// <summary>
/// This program as a client's process: a line of seconds goes in, a line of JSON comes out. Its connections are opened
/// before the first and stay, so that what they cost the server is not measured.
/// </summary>
internal sealed class OwnClient : ILoadClient
{
    // Continuations run on the thread that waits for the sockets: half the CPU of the thread pool's.
    private const string InlineCompletions = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;

    private OwnClient(Process process) => _process = process;

    public static async Task<OwnClient> StartAsync(OwnLoad load, RunningServer server, string cpus)
    {
        var invariant = CultureInfo.InvariantCulture;
        var start = new ProcessStartInfo(
            "taskset",
            [
                "-c", cpus, Environment.ProcessPath!, ClientProgram.Command, load.Driver,
                server.Launch.Port.ToString(invariant), load.Connections.ToString(invariant),
            ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment[InlineCompletions] = "1";
        var client = new OwnClient(Process.Start(start)!);
        try
        {
            await client.ReadAsync();
            return client;
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
    }

    public async Task<LoadReport> RunAsync(int seconds)
    {
        await _process.StandardInput.WriteLineAsync(seconds.ToString(CultureInfo.InvariantCulture));
        await _process.StandardInput.FlushAsync();
        var report = await ReadAsync();
        var figures = new Dictionary<Metric, double>
        {
            [Metric.P50] = report.P50Ms,
            [Metric.P99] = report.P99Ms,
            [Metric.P999] = report.P999Ms,
            [Metric.ClientCpu] = report.CpuUs / report.Answers,
        };
        return new LoadReport(report.Answers, TimeSpan.FromSeconds(report.Seconds), figures)
        {
            ClientCpu = TimeSpan.FromMicroseconds(report.CpuUs),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var limit = new CancellationTokenSource(StopLimit);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task<ClientReport> ReadAsync()
    {
        var line = await _process.StandardOutput.ReadLineAsync() ?? throw new MeasurementException("the client died");
        var report = JsonSerializer.Deserialize<ClientReport>(line)!;
        return report.Failure is { } failure ? throw new MeasurementException(failure) : report;
    }
}
