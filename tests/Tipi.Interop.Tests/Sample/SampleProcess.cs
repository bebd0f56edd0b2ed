using System.Diagnostics;
using System.Globalization;
using System.Text;
using Tipi.Interop.Tests.Tools;
using Tipi.Transport.Uring;

namespace Tipi.Interop.Tests.Sample;

/// <summary>
/// The sample as its user starts it, a process of its own: starting → listening → (SIGTERM) → ended.
/// <see cref="Address"/> is where it listens, with the port that the system chose.
/// </summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private const string ListeningText = "Now listening on: ";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleProcess(ProcessStartInfo start, string name)
    {
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _listening.TrySetException(
            new InvalidOperationException($"{name} ended before it listened."));
    }

    public Uri Address { get; private set; } = null!;

    public int ProcessId => _process.Id;

    /// <summary>What the sample has logged so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return _output.ToString();
        }
    }

    public static Task<SampleProcess> StartAsync(SampleVariant variant, SampleWire wire) =>
        StartAsync(variant, wire.Url(), wire.Settings());

    public static Task<SampleProcess> StartAsync(
        SampleVariant variant, string url = "http://127.0.0.1:0", params string[] settings) =>
        StartAsync(variant, url, settings, []);

    public static async Task<SampleProcess> StartAsync(
        SampleVariant variant, string url, string[] settings, Dictionary<string, string> environment)
    {
        if (variant.NeedsRing() && RingSupport.Probe() is { IsAvailable: false, Cause: var cause })
            throw Tool.Missing($"No io_uring here: {cause}.");
        var start = StartInfo(variant, url, settings);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return await StartAsync(start, $"The sample on {variant}");
    }

    /// <summary>Another application, which tells where it listens as the sample does.</summary>
    /// <param name="start">How it is started; its output has to be redirected.</param>
    /// <param name="name">What messages call it.</param>
    public static async Task<SampleProcess> StartAsync(ProcessStartInfo start, string name)
    {
        var sample = new SampleProcess(start, name);
        sample._process.Start();
        sample._process.BeginOutputReadLine();
        sample._process.BeginErrorReadLine();
        try
        {
            sample.Address = await sample._listening.Task.WaitAsync(StartLimit);
        }
        catch (Exception e)
        {
            await sample.DisposeAsync();
            throw new InvalidOperationException($"{e.Message}\n{sample.Output}", e);
        }
        return sample;
    }

    /// <summary>Asks the process to end as a service manager would, and returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(StopLimit);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(SampleVariant variant, string url, string[] settings)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "MinimalApi.dll");
        string[] server = variant switch
        {
            SampleVariant.Kestrel => ["--Server=Kestrel"],
            SampleVariant.KestrelUring => ["--Server=KestrelUring"],
            SampleVariant.TipiUring => ["--Tipi:Transport=Uring"],
            SampleVariant.TipiSockets => ["--Tipi:Transport=Sockets"],
            _ => throw new ArgumentOutOfRangeException(nameof(variant)),
        };
        return new ProcessStartInfo("dotnet", [assembly, $"--urls={url}", .. server, .. settings])
        {
            // The content root: wwwroot and appsettings.json are found here.
            WorkingDirectory = Path.Combine(Repository.Root, "samples", "MinimalApi"),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
    }

    private void Read(string? line)
    {
        if (line is null) return;
        lock (_output) _output.AppendLine(line);
        var at = line.IndexOf(ListeningText, StringComparison.Ordinal);
        if (at >= 0) _listening.TrySetResult(new Uri(line[(at + ListeningText.Length)..].Trim()));
    }
}
