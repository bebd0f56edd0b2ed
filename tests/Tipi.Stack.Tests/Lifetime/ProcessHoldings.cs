using System.Runtime.CompilerServices;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>What the process holds of the system and of memory.</summary>
internal sealed record ProcessHoldings(
    int Descriptors, int Sockets, int Rings, int Threads, long ManagedBytes, string Kinds)
{
    internal static ProcessHoldings Read()
    {
        string[] targets = [.. Directory.GetFiles("/proc/self/fd").Select(TargetOf).OfType<string>()];
        return new ProcessHoldings(
            targets.Length,
            targets.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)),
            targets.Count(target => target.Contains("io_uring", StringComparison.Ordinal)),
            Directory.GetDirectories("/proc/self/task").Length,
            GC.GetTotalMemory(forceFullCollection: false),
            string.Join(", ", targets.GroupBy(target => target.Split(':')[0])
                .Select(kind => $"{kind.Count()} {kind.Key}")));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    // The descriptor by which the folder is read is gone when it is looked at.
    private static string? TargetOf(string path)
    {
        try
        {
            // A socket is a link to socket:[number], which the runtime takes for a file of this folder.
            return Path.GetFileName(File.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
