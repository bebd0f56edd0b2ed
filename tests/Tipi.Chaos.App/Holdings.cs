using Tipi.Transport.Uring;

namespace Tipi.Chaos.App;

/// <summary>What the process holds after a full collection; read by the tests as JSON.</summary>
internal static class Holdings
{
    internal static IResult Read(Balances balances)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return Results.Text(string.Join(' ',
            CountSockets(),
            CountThreads(),
            balances["tipi.active_connections"],
            balances["http.server.active_requests"],
            UringMemory.HeldBytes,
            GC.GetTotalMemory(forceFullCollection: false)));
    }

    private static int CountSockets() => Directory.GetFiles("/proc/self/fd").Count(IsSocket);

    private static bool IsSocket(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true;
        }
        catch (IOException)
        {
            return false; // it was closed meanwhile
        }
    }

    /// <summary>The server's own threads, by their names: the runtime's pool keeps its for a while.</summary>
    private static int CountThreads() => Directory.GetDirectories("/proc/self/task").Count(IsOwn);

    private static bool IsOwn(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm"))
                .StartsWith("tipi", StringComparison.OrdinalIgnoreCase);
        }
        catch (IOException)
        {
            return false; // it has ended
        }
    }
}
