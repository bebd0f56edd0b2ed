using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tipi.Chaos.Tests;

/// <summary>
/// The application as a process of its own, with few descriptors, few threads and little memory. It runs as a user that
/// nobody else is, since the limit of threads counts all of a user's.
/// </summary>
internal sealed class ChaosApp : IDisposable
{
    // Each run's own, so that two at once do not share a limit.
    private static readonly string s_user =
        (64_000 + (Environment.ProcessId % 1_000)).ToString(CultureInfo.InvariantCulture);

    private const int MostDescriptors = 512;
    private const int MostThreads = 160;
    private const int MostMemory = 256 << 20;
    private const int MostErrors = 20_000;

    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);

    // The runtime ends any process, under any server, that has no thread, or no two descriptors for its start, when its
    // pool wants one, or its compiler, which throws out of the first call of any method then. This one has them from
    // the start (PoolThreads), and keeps them.
    private static readonly (string Name, string Value)[] s_runtimesThreads =
    [
        ("DOTNET_ThreadPool_ForceMinWorkerThreads", "0x20"),
        ("DOTNET_ThreadPool_ThreadTimeoutMs", "0x7FFFFFFF"),
        ("DOTNET_ThreadPool_DisableStarvationDetection", "1"),
        ("DOTNET_HillClimbing_Disable", "1"),
        ("DOTNET_TC_BackgroundWorkerTimeoutMs", "7FFFFFFF"),
    ];

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private ChaosApp(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, received) => Keep(received.Data);
        process.BeginErrorReadLine();
    }

    /// <summary>Without TLS, and over TLS.</summary>
    internal List<Uri> Addresses { get; } = [];

    internal bool HasEnded => _process.HasExited;

    internal static async Task<ChaosApp> StartAsync(string transport)
    {
        string[] arguments =
        [
            $"--reuid={s_user}", "--clear-groups",
            "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
            "prlimit", $"--nofile={MostDescriptors}", $"--nproc={MostThreads}",
            "dotnet", Path.Combine(AppContext.BaseDirectory, "Tipi.Chaos.App.dll"), $"--Tipi:Transport={transport}",
        ];
        var start = new ProcessStartInfo("setpriv", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The content root is the current folder, and must be readable.
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["DOTNET_GCHeapHardLimit"] = MostMemory.ToString("X", CultureInfo.InvariantCulture);
        start.Environment["HOME"] = Path.GetTempPath();
        foreach ((string name, string value) in s_runtimesThreads) start.Environment[name] = value;
        var app = new ChaosApp(Process.Start(start)!);
        using var limit = new CancellationTokenSource(s_startLimit);
        while (await app._process.StandardOutput.ReadLineAsync(limit.Token) is { } line && line != "ready")
        {
            if (line.StartsWith("listening ", StringComparison.Ordinal))
                app.Addresses.Add(new Uri(line["listening ".Length..]));
        }
        if (app.Addresses.Count == 0) throw new InvalidOperationException($"No start: {app.Describe()}");
        return app;
    }

    /// <summary>Whether it lives, and what it has written of errors, for who looks for a reason.</summary>
    internal string Describe()
    {
        // What it wrote last comes a moment after its end.
        string life = _process.WaitForExit(1000) ? $"It ended with {_process.ExitCode}." : "It runs.";
        lock (_errors) return $"{life}\n{_errors}";
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        // With a limit: until the end of what it writes, which children hold that have not begun their program.
        _process.WaitForExit(s_startLimit);
        foreach (string fifo in Directory.GetFiles(Path.GetTempPath(), $"tipi-{_process.Id}-*"))
        {
            using (File.Open(fifo, FileMode.Open, FileAccess.ReadWrite)) File.Delete(fifo);
        }
        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is null) return;
        lock (_errors)
        {
            if (_errors.Length < MostErrors) _errors.AppendLine(line);
        }
    }
}
