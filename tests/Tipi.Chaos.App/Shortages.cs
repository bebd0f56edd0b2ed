namespace Tipi.Chaos.App;

/// <summary>Takes all there is of something, holds it for a while, and gives it back.</summary>
internal static class Shortages
{
    /// <summary>
    /// One to two of them are left: with none .NET 10 ends the process itself, at an allocation of its own, under any
    /// server.
    /// </summary>
    private const int Piece = 16 << 20;

    internal static async Task<string> TakeDescriptorsAsync(int ms)
    {
        var taken = new List<FileStream>();
        try
        {
            while (taken.Count < 100_000) taken.Add(new FileStream("/dev/null", FileMode.Open, FileAccess.Read));
        }
        catch (IOException)
        {
            // There are none left.
        }
        await Task.Delay(ms);
        foreach (FileStream file in taken) await file.DisposeAsync();
        return "given back";
    }

    internal static async Task<string> TakeThreadsAsync(int ms)
    {
        using var end = new ManualResetEventSlim();
        var taken = new List<Thread>();
        try
        {
            while (taken.Count < 10_000)
            {
                var thread = new Thread(end.Wait, maxStackSize: 128 * 1024) { IsBackground = true };
                thread.Start();
                taken.Add(thread);
            }
        }
        catch (OutOfMemoryException)
        {
            // So says the runtime where no thread can be started.
        }
        await Task.Delay(ms);
        end.Set();
        foreach (Thread thread in taken) thread.Join();
        return "given back";
    }

    internal static async Task<string> TakeMemoryAsync(int ms)
    {
        List<byte[]>? taken = Fill();
        await Task.Delay(ms);
        GC.KeepAlive(taken);
        taken = null;
        // Else the collector keeps much of it at hand for further large objects, and has no memory for small ones.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return "given back";
    }

    private static List<byte[]> Fill()
    {
        var taken = new List<byte[]>();
        try
        {
            while (taken.Count < 1024) taken.Add(new byte[Piece]);
        }
        catch (OutOfMemoryException)
        {
            taken.RemoveAt(taken.Count - 1);
        }
        return taken;
    }
}
