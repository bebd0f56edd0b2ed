using System.Runtime.CompilerServices;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>What the process holds of the system and of memory.</summary>
/// <remarks>
/// The files of assemblies are left out: the runtime loads them when the compiler first meets their types, which is
/// many rounds later at times, and keeps two descriptors of each for ever. So it does with symbols, for a stack trace.
/// </remarks>
internal sealed record ProcessHoldings(
    int Descriptors, int Sockets, int Rings, int RingMappings, int Threads, int ServerThreads, long ManagedBytes,
    string Kinds)
{
    internal static ProcessHoldings Read()
    {
        string[] targets = [.. Directory.GetFiles("/proc/self/fd").Select(TargetOf).OfType<string>()
            .Where(target => Path.GetExtension(target) is not (".dll" or ".pdb"))];
        string[] threads = [.. Directory.GetDirectories("/proc/self/task").Select(NameOf).OfType<string>()];
        return new ProcessHoldings(
            targets.Length,
            targets.Count(target => target.StartsWith("socket:", StringComparison.Ordinal)),
            targets.Count(IsRing),
            File.ReadLines("/proc/self/maps").Count(IsRing),
            threads.Length,
            threads.Count(name => name.StartsWith("tipi", StringComparison.OrdinalIgnoreCase)),
            GC.GetTotalMemory(forceFullCollection: false),
            string.Join(", ", targets.GroupBy(target => target).Select(kind => $"{kind.Count()} {kind.Key}")));
    }

    /// <summary>No more than before, but for what the runtime and its pool take and give back by themselves.</summary>
    internal bool IsNoMoreThan(ProcessHoldings before) =>
        Descriptors <= before.Descriptors + 3
        && Sockets <= before.Sockets + 1
        && Rings <= before.Rings
        && RingMappings <= before.RingMappings
        && Threads <= before.Threads + 8
        && ServerThreads <= before.ServerThreads
        && ManagedBytes < before.ManagedBytes + 3_000_000;

    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }

    private static bool IsRing(string text) => text.Contains("[io_uring]", StringComparison.Ordinal);

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

    private static string? NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm"));
        }
        catch (IOException)
        {
            // It has ended.
            return null;
        }
    }
}
