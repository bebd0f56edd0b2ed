using System.Globalization;

namespace Tipi.Hosting.Systemd;

/// <summary>What systemd's socket activation hands over (sd_listen_fds(3)).</summary>
internal static class SocketActivation
{
    private const string Pid = "LISTEN_PID";
    private const string Count = "LISTEN_FDS";
    private const string Names = "LISTEN_FDNAMES";
    private const int FirstDescriptor = 3;

    /// <summary>Takes the sockets, once: children and a second caller do not see the variables any more.</summary>
    internal static IReadOnlyList<InheritedSocket> Take()
    {
        IReadOnlyList<InheritedSocket> sockets = Read(Environment.GetEnvironmentVariable, Environment.ProcessId);
        if (sockets.Count == 0) return sockets;
        foreach (string variable in (string[])[Pid, Count, Names]) Environment.SetEnvironmentVariable(variable, null);
        return sockets;
    }

    /// <summary>The sockets that are for a process; those for another one are none.</summary>
    internal static IReadOnlyList<InheritedSocket> Read(Func<string, string?> variable, int processId)
    {
        if (!int.TryParse(variable(Pid), NumberStyles.None, CultureInfo.InvariantCulture, out int pid)) return [];
        if (!int.TryParse(variable(Count), NumberStyles.None, CultureInfo.InvariantCulture, out int count)) return [];
        if (pid != processId) return [];
        string[] names = variable(Names)?.Split(':') ?? [];
        return [.. Enumerable.Range(0, count).Select(i => new InheritedSocket(
            (ulong)(FirstDescriptor + i), i < names.Length && names[i].Length > 0 ? names[i] : null))];
    }
}
