using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Tipi.Compare.Machine;

/// <summary>
/// Runs this program again inside a network namespace of its own: only loopback, nobody else's listeners, and the
/// same congestion control everywhere (the machine's default may be one that shifts CPU between servers).
/// </summary>
internal static class PrivateNetwork
{
    private const string InsideVariable = "TIPI_COMPARE_PRIVATE_NETWORK";
    private const string Wanted = "cubic";
    private const string AllowedPath = "/proc/sys/net/ipv4/tcp_allowed_congestion_control";
    private const string CurrentPath = "/proc/sys/net/ipv4/tcp_congestion_control";

    public static bool IsInside => Environment.GetEnvironmentVariable(InsideVariable) is not null;

    /// <summary>
    /// The exit code of the run inside, or null when this machine does not permit a namespace: then the caller goes
    /// on in the network it has.
    /// </summary>
    public static async Task<int?> RunInsideAsync(string[] arguments)
    {
        string[][] ways = [["--net"], ["--user", "--map-root-user", "--net"]];
        if (!ExternalTool.Unshare.IsInstalled ||
            ways.FirstOrDefault(flags => CommandRun.Succeeds("unshare", [.. flags, "true"])) is not { } way)
            return null;
        var allowedBefore = AllowWanted();
        try
        {
            return await RunAsync([.. way, "--fork", "--kill-child=SIGTERM", Environment.ProcessPath!, .. arguments]);
        }
        finally
        {
            // A namespace keeps what it set, so the machine's list goes back to what it was.
            if (allowedBefore is not null)
                TryWrite(AllowedPath, allowedBefore);
        }
    }

    /// <summary>Brings loopback up and sets the congestion control; says what this network is.</summary>
    /// <param name="mtuBytes">
    /// The size of packets, 64 KiB without it. The kernel's first buffers of a socket are multiples of it: megabytes on
    /// a loopback as it comes, about 90 KiB at the 1,500 of a real network.
    /// </param>
    public static string Prepare(int? mtuBytes = null)
    {
        if (!IsInside)
            return "the machine's own network (a private namespace was not permitted)";
        if (!CommandRun.Succeeds("ip", "link", "set", "lo", "up"))
            throw new MeasurementException("could not bring up loopback in the private network namespace");
        var name = TryWrite(CurrentPath, Wanted)
            ? "private network namespace"
            : $"private network namespace ({Wanted} was not permitted)";
        if (mtuBytes is not { } mtu)
            return name;
        if (!CommandRun.Succeeds("ip", "link", "set", "lo", "mtu", $"{mtu}"))
            throw new MeasurementException($"could not give loopback packets of {mtu} bytes");
        return $"{name}, packets of {mtu} bytes";
    }

    private static async Task<int> RunAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("unshare", arguments);
        start.Environment[InsideVariable] = "1";
        using var inside = Process.Start(start)!;
        // An interrupt reaches the program inside by itself; a termination has to be handed on.
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            inside.Kill();
        });
        await inside.WaitForExitAsync();
        return inside.ExitCode;
    }

    // A namespace may only choose what the machine allows. Returns the list as it was, when it was changed.
    private static string? AllowWanted()
    {
        var allowed = File.ReadAllText(AllowedPath).Trim();
        if (allowed.Split(' ').Contains(Wanted))
            return null;
        return TryWrite(AllowedPath, $"{allowed} {Wanted}") ? allowed : null;
    }

    private static bool TryWrite(string path, string text)
    {
        try
        {
            File.WriteAllText(path, text);
            return true;
        }
        catch (Exception refusal) when (refusal is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
