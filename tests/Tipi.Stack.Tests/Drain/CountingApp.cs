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

    private CountingApp(Process process)
    {
        _process = process;
        _error = process.StandardError.ReadToEndAsync();
    }

    internal Uri Address { get; private set; } = null!;

    /// <summary>How many descriptors it has open.</summary>
    internal int Descriptors => Directory.GetFileSystemEntries($"/proc/{_process.Id}/fd").Length;

    /// <summary>The assemblies that were loaded after the start; known once it has stopped.</summary>
    internal string LoadedLate { get; private set; } = "";

    /// <summary>What it has written after the start; known once it has stopped.</summary>
    internal string Output { get; private set; } = "";

    /// <param name="server">What serves it.</param>
    /// <param name="endpoint">Configuration of the endpoint; without any it speaks HTTP/1.1 without TLS.</param>
    internal static Task<CountingApp> StartAsync(StackServer server, params string[] endpoint) =>
        StartAsync([], server, endpoint);

    /// <param name="before">The command that runs the command.</param>
    /// <param name="server">What serves it.</param>
    /// <param name="endpoint">Configuration of the endpoint.</param>
    internal static async Task<CountingApp> StartAsync(string[] before, StackServer server, string[] endpoint)
    {
        if (endpoint.Length == 0) endpoint = ["--urls=http://127.0.0.1:0"];
        string assembly = Path.Combine(AppContext.BaseDirectory, "Tipi.Stack.App.dll");
        string choice = server.IsTipi() ? $"--Tipi:Transport={server.Transport()}" : "--Server=Kestrel";
        string[] command = [.. before, "dotnet", assembly, .. endpoint, choice, Quiet];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var app = new CountingApp(Process.Start(start)!);
        try
        {
            await app.ListenAsync();
            return app;
        }
        catch
        {
            app.Dispose();
            throw;
        }
    }

    /// <summary>Sends SIGTERM, waits for the end, and returns how many requests the handlers began and ended.</summary>
    internal async Task<(int Begun, int Ended)> StopAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(limit.Token);
        string output = await _process.StandardOutput.ReadToEndAsync(limit.Token);
        await _process.WaitForExitAsync(limit.Token);
        Match counts = Counts().Match(output);
        Assert.True(_process.ExitCode == 0 && counts.Success, $"Exit {_process.ExitCode}: {output}{await _error}");
        Output = output;
        LoadedLate = counts.Groups[3].Value;
        return (Number(counts.Groups[1]), Number(counts.Groups[2]));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        bool isGone = _process.WaitForExit(Eventually.Patience);
        _process.Dispose();
        Assert.True(isGone, "The application was killed and is still there.");
    }

    private async Task ListenAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (Listening().Match(line) is not { Success: true } match) continue;
            Address = new Uri(match.Groups[1].Value);
            return;
        }
        Assert.Fail($"It did not start: {await _error.WaitAsync(limit.Token)}");
    }

    private static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"begun (\d+) ended (\d+) loaded \[(.*)\]")]
    private static partial Regex Counts();
}
