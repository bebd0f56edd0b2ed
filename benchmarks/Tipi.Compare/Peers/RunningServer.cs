using System.Diagnostics;
using System.Globalization;
using Tipi.Compare.Load;
using Tipi.Compare.Machine;

namespace Tipi.Compare.Peers;

/// <summary>A started server process with its children; disposing ends it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private const string CompanionVariable = "TIPI_COMPARE_COMPANION";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly Launch _launch;
    private readonly bool _hasCounters;
    private IReadOnlyList<int> _pids;
    private string? _scratchFolder;

    private RunningServer(Process process, Launch launch, bool hasCounters)
    {
        _process = process;
        _launch = launch;
        _hasCounters = hasCounters;
        _pids = [process.Id];
        AppDomain.CurrentDomain.ProcessExit += KillAtExit;
    }

    public Uri Url
    {
        get
        {
            var scheme = _launch.Workload.IsEncrypted ? "https" : "http";
            return new Uri($"{scheme}://127.0.0.1:{_launch.Port}{_launch.Workload.Path}");
        }
    }

    public Launch Launch => _launch;

    /// <summary>Starts a command on the launch's CPUs.</summary>
    /// <param name="hasCounters">The process answers questions on its standard input.</param>
    public static RunningServer Start(Launch launch, bool hasCounters, params string[] command)
    {
        var start = new ProcessStartInfo("taskset", ["-c", launch.Cpus, .. command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (launch.CompanionAddress is { } companion)
            start.Environment[CompanionVariable] = companion;
        return new RunningServer(Process.Start(start)!, launch, hasCounters);
    }

    /// <summary>A folder to delete when the server has ended.</summary>
    public RunningServer WithScratch(string folder)
    {
        _scratchFolder = folder;
        return this;
    }

    /// <summary>
    /// Waits for the first answer and checks it; gives the answer's size in bytes, where it is known. Nothing else is
    /// done, so that the time until then is the server's.
    /// </summary>
    public int? AwaitAnswer()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            if (_process.HasExited)
                throw new MeasurementException($"the server exited with {_process.ExitCode} at start");
            using (var probe = Probes.TryOpen(_launch))
            {
                if (probe is not null)
                    return probe.Ask();
            }

            if (clock.Elapsed > StartLimit)
                throw new MeasurementException($"no answer within {StartLimit.TotalSeconds} s of the start");
            Thread.Sleep(1);
        }
    }

    /// <summary>Waits until the server answers, twice on a connection; finds its processes.</summary>
    public int? AwaitReady()
    {
        AwaitAnswer();
        _pids = ProcessTree.Of(_process.Id);
        using var probe = Probes.Open(_launch);
        probe.Ask();
        return probe.Ask();
    }

    public CpuClock ReadCpu() => CpuClock.Read(_pids);

    public MemoryReading ReadMemory() => MemoryReading.Read(_pids);

    /// <summary>The peak of resident memory counts from now on (<c>clear_refs</c>, proc(5)).</summary>
    public void ForgetPeak()
    {
        foreach (var pid in _pids)
            File.WriteAllText($"/proc/{pid}/clear_refs", "5");
    }

    /// <summary>Open descriptors of all its processes.</summary>
    public int CountDescriptors() => _pids.Sum(pid => Directory.GetFileSystemEntries($"/proc/{pid}/fd").Length);

    /// <summary>Managed bytes allocated so far, or null where there is no such counter.</summary>
    public async Task<long?> ReadAllocatedAsync() => _hasCounters ? await AskAsync("allocated") : null;

    /// <summary>
    /// Milliseconds that its compiler has worked so far, on all threads; 0 where nothing is compiled at run time.
    /// </summary>
    public async Task<long> ReadCompiledMsAsync() => _hasCounters ? await AskAsync("compiled") : 0;

    /// <summary>A full garbage collection; gives the bytes of the objects that live on, or null without one.</summary>
    public async Task<long?> CollectAsync() => _hasCounters ? await AskAsync("collect") : null;

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= KillAtExit;
        if (!_process.HasExited && _hasCounters)
        {
            _process.StandardInput.Close();
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                Console.Error.WriteLine($"{_launch.Workload.Application}: the server did not stop, killing it");
            }
        }

        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        if (_scratchFolder is not null)
            Directory.Delete(_scratchFolder, recursive: true);
    }

    private async Task<long> AskAsync(string question)
    {
        await _process.StandardInput.WriteLineAsync(question);
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync()
            ?? throw new MeasurementException("the server died");
        return long.Parse(answer, CultureInfo.InvariantCulture);
    }

    private void KillAtExit(object? sender, EventArgs args) => Kill();

    private void Kill()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
    }
}
