using System.Diagnostics;
using System.Globalization;

namespace Tipi.Blocking.Tests;

/// <summary>The app with the bad handlers, as a process of its own that may use one processor only.</summary>
internal sealed class BlockingApp : IDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly Task _output;

    private BlockingApp(Process process, Uri address)
    {
        _process = process;
        Address = address;
        // What it writes is read, so that it never waits for us.
        _output = Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
    }

    public Uri Address { get; }

    public static async Task<BlockingApp> StartAsync()
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Tipi.Blocking.App.dll");
        var start = new ProcessStartInfo(
            "taskset", ["-c", "0", "dotnet", assembly, "--urls=http://127.0.0.1:0", "--Tipi:Transport=Uring"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(s_startLimit);
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at < 0) continue;
            return new BlockingApp(process, new Uri(line[(at + Listening.Length)..].Trim()));
        }

        throw new InvalidOperationException($"The app did not start: {await process.StandardError.ReadToEndAsync()}");
    }

    /// <summary>How often a ring was taken from a handler, by the server's own counter.</summary>
    public async Task<long> HandOffsAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        var count = await client.GetStringAsync(new Uri("/hand-offs", UriKind.Relative));
        return long.Parse(count, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _output.Wait(s_startLimit);
        _process.Dispose();
    }
}
