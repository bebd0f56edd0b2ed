using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Tipi.Blocking.Tests;

/// <summary>The app with the bad handlers, as a process of its own.</summary>
internal sealed class BlockingApp : IDisposable
{
    private const string Listening = "Now listening on: ";
    private static readonly TimeSpan s_startLimit = TimeSpan.FromSeconds(60);
    private readonly Process _process;
    private readonly StringBuilder _text = new();
    private readonly List<Uri> _addresses = [];
    private readonly Task _errors;
    private readonly Task _output;
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BlockingApp(Process process, int addresses)
    {
        _process = process;
        // What it writes is read, so that it never waits for us.
        _output = ReadAsync(process.StandardOutput, addresses);
        _errors = ReadAsync(process.StandardError, addresses);
    }

    public Uri Address => _addresses[0];

    /// <summary>The address with TLS, where one was asked for.</summary>
    public Uri SecureAddress => _addresses[1];

    /// <summary>The address that speaks HTTP/2 without TLS, likewise.</summary>
    public Uri ClearHttp2Address => _addresses[2];

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it has written so far.</summary>
    public string Text
    {
        get
        {
            lock (_text) return _text.ToString();
        }
    }

    /// <summary>On one processor only, with one ring.</summary>
    public static Task<BlockingApp> StartAsync() =>
        StartAsync(["taskset", "-c", "0"], ["--urls=http://127.0.0.1:0", "--Tipi:Transport=Uring"], addresses: 1);

    /// <summary>Likewise, with an address for each wire. They are bound in the order of their names.</summary>
    public static Task<BlockingApp> StartOnAllWiresAsync() => StartAsync(
        ["taskset", "-c", "0"],
        [
            "--Tipi:Transport=Uring",
            "--Tipi:Endpoints:1:Url=http://127.0.0.1:0",
            "--Tipi:Endpoints:2:Url=https://127.0.0.1:0",
            "--Tipi:Endpoints:3:Url=http://127.0.0.1:0",
            "--Tipi:Endpoints:3:Protocols=Http2",
        ],
        addresses: 3);

    /// <param name="before">The command that runs the command.</param>
    /// <param name="arguments">Of the app.</param>
    /// <param name="addresses">How many it is told to listen on.</param>
    public static async Task<BlockingApp> StartAsync(string[] before, string[] arguments, int addresses)
    {
        var assembly = Path.Combine(AppContext.BaseDirectory, "Tipi.Blocking.App.dll");
        string[] command = [.. before, "dotnet", assembly, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var app = new BlockingApp(Process.Start(start)!, addresses);
        await Task.WhenAny(app._started.Task, Task.WhenAll(app._output, app._errors)).WaitAsync(s_startLimit);
        return app._started.Task.IsCompletedSuccessfully
            ? app
            : throw new InvalidOperationException($"The app did not start: {app.Text}");
    }

    /// <summary>How often a ring was taken from a handler, by the server's own counter.</summary>
    public async Task<long> HandOffsAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        var count = await client.GetStringAsync(new Uri("/hand-offs", UriKind.Relative));
        return long.Parse(count, CultureInfo.InvariantCulture);
    }

    /// <summary>Threads of that name, and of longer ones that begin so, as they are now.</summary>
    public int CountThreads(string name) => Directory
        .GetDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{Id}/task"))
        .Count(thread => File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(name, StringComparison.Ordinal));

    /// <summary>Waits until so many handlers of a crowd have begun.</summary>
    public async Task UntilBegunAsync(int count)
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var late = new CancellationTokenSource(s_startLimit);
        var begun = new Uri("/begun", UriKind.Relative);
        while (int.Parse(await client.GetStringAsync(begun, late.Token), CultureInfo.InvariantCulture) < count)
            await Task.Delay(20, late.Token);
    }

    /// <summary>Waits until it has ended by itself. Its exit code.</summary>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(s_startLimit);
        await Task.WhenAll(_output, _errors).WaitAsync(s_startLimit);
        return ExitCode;
    }

    /// <summary>Asks it to stop, as a service manager does, and waits for its end.</summary>
    public async Task StopAsync(TimeSpan patience)
    {
        using (var kill = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        using var limit = new CancellationTokenSource(patience);
        await _process.WaitForExitAsync(limit.Token);
        await Task.WhenAll(_output, _errors).WaitAsync(limit.Token);
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        Task.WaitAll([_output, _errors], s_startLimit);
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader, int addresses)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_text) _text.AppendLine(line);
            var at = line.IndexOf(Listening, StringComparison.Ordinal);
            if (at < 0) continue;
            _addresses.Add(new Uri(line[(at + Listening.Length)..].Trim()));
            if (_addresses.Count == addresses) _started.TrySetResult();
        }
    }
}
