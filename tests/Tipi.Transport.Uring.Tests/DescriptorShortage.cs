using System.Runtime.InteropServices;

namespace Tipi.Transport.Uring.Tests;

/// <summary>Makes accepts fail with EMFILE, and nothing else: the runtime cannot live without descriptors.</summary>
/// <remarks>
/// The kernel notes the limit of descriptors when an accept is submitted. So the limit is low only while the listener
/// starts; afterwards every number below it is taken, and the first accept finds none. The next is under the old limit.
/// </remarks>
internal sealed partial class DescriptorShortage : IDisposable
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE
    private const int Room = 64; // for the rings and sockets of the listener that starts
    private readonly List<FileStream> _fillers = [];
    private readonly Limit _before;
    private readonly int _lowered;

    private DescriptorShortage()
    {
        Assert.Equal(0, GetLimit(NumberOfFiles, out _before));
        _lowered = Directory.GetFiles("/proc/self/fd").Max(path => int.Parse(Path.GetFileName(path))) + Room;
        Assert.Equal(0, SetLimit(NumberOfFiles, _before with { Soft = (ulong)_lowered }));
    }

    /// <summary>Starts a host whose first accept on every ring will fail for as long as this is not disposed.</summary>
    public static async Task<(DescriptorShortage, RingHost)> StartAsync(Func<Task<RingHost>> start)
    {
        var shortage = new DescriptorShortage();
        try
        {
            var host = await start();
            await Task.Delay(1000); // the rings submit their accepts, which nobody can see
            shortage.Fill();
            return (shortage, host);
        }
        catch
        {
            shortage.Restore();
            throw;
        }
    }

    /// <summary>Runs code that finds no descriptor; nothing else must need one meanwhile.</summary>
    public static T RunWithoutAny<T>(Func<T> code)
    {
        Assert.Equal(0, GetLimit(NumberOfFiles, out var before));
        Assert.Equal(0, SetLimit(NumberOfFiles, before with { Soft = 0 }));
        try
        {
            return code();
        }
        finally
        {
            Assert.Equal(0, SetLimit(NumberOfFiles, before));
        }
    }

    public void Dispose()
    {
        foreach (var filler in _fillers) filler.Dispose();
    }

    private void Restore() => Assert.Equal(0, SetLimit(NumberOfFiles, _before));

    private void Fill()
    {
        Restore();
        do _fillers.Add(File.OpenRead("/dev/null"));
        while ((int)_fillers[^1].SafeFileHandle.DangerousGetHandle() < _lowered);
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit")]
    private static partial int SetLimit(int resource, in Limit limit);

    private readonly record struct Limit(ulong Soft, ulong Hard);
}
