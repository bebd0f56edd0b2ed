using System.Diagnostics;

namespace Tipi.Interop.Tests.Tools;

/// <summary>Programs of others, started as processes.</summary>
internal static class Tool
{
    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);

    /// <summary>The program's path. Without it the test is skipped, or fails when TIPI_REQUIRE_TOOLS is 1.</summary>
    public static string Require(string name)
    {
        var path = Find(name);
        if (path is not null) return path;
        throw Missing($"{name} is not installed.");
    }

    /// <summary>Skips the test, or fails it when TIPI_REQUIRE_TOOLS is 1. Never returns.</summary>
    public static Exception Missing(string reason)
    {
        if (Environment.GetEnvironmentVariable("TIPI_REQUIRE_TOOLS") == "1") Assert.Fail(reason);
        Assert.Skip(reason);
        return new InvalidOperationException(reason);
    }

    /// <summary>Runs the program to its end and returns what it wrote.</summary>
    public static Task<ToolRun> RunAsync(string name, params IReadOnlyList<string> arguments) =>
        RunAsync(RunLimit, name, arguments);

    /// <summary>The same, with a limit of its own.</summary>
    public static async Task<ToolRun> RunAsync(TimeSpan most, string name, params IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(Require(name), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(most);
        using var output = new MemoryStream();
        try
        {
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return new ToolRun(process.ExitCode, output.ToArray(), await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw new TimeoutException($"{name} {string.Join(' ', arguments)} did not end in {most}.");
        }
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
}
