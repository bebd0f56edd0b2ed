using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Tipi.Stack.Tests.Drain;

/// <summary>The counting application as a process: starting → listening → (SIGTERM) → ended.</summary>
internal sealed partial class CountingApp : IDisposable
{
    // A line for each request would fill the pipe that nobody reads until the end.
    private const string Quiet = "--Logging:LogLevel:Microsoft.AspNetCore=Warning";

    private readonly Process _process;
    private readonly Task<string> _error;

    private CountingApp(Process process, Uri address)
    {
        _process = process;
        Address = address;
        _error = process.StandardError.ReadToEndAsync();
    }

    internal Uri Address { get; }

    internal static async Task<CountingApp> StartAsync(StackServer server)
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "Tipi.Stack.App.dll");
        string choice = server.IsTipi() ? $"--Tipi:Transport={server.Transport()}" : "--Server=Kestrel";
        var start = new ProcessStartInfo("dotnet", [assembly, "--urls=http://127.0.0.1:0", choice, Quiet])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
            if (Listening().Match(line) is { Success: true } match)
                return new CountingApp(process, new Uri(match.Groups[1].Value));
        throw new InvalidOperationException($"It did not start: {await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>Sends SIGTERM, waits for the end, and returns how many requests the handlers began and ended.</summary>
    internal async Task<(int Begun, int Ended)> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(Eventually.Patience);
        string output = await _process.StandardOutput.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        Match counts = Counts().Match(output);
        Assert.True(_process.ExitCode == 0 && counts.Success, $"Exit {_process.ExitCode}: {output}{await _error}");
        return (Number(counts.Groups[1]), Number(counts.Groups[2]));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"begun (\d+) ended (\d+)")]
    private static partial Regex Counts();
}
