using System.Runtime.InteropServices;

namespace Tipi.Chaos.App;

/// <summary>
/// Puts the thread into uninterruptible sleep: posix_spawn waits in vfork until its child has begun the new program,
/// and the child first opens a FIFO that nobody has opened for writing yet.
/// </summary>
internal static class SpawningChild
{
    private const int ActionsSize = 256; // posix_spawn_file_actions_t has 80 bytes in glibc
    private const int RetryMs = 5;
    private static int s_fifos;

    internal static void Wait(int ms)
    {
        string fifo = Path.Combine(
            Path.GetTempPath(), $"tipi-{Environment.ProcessId}-{Interlocked.Increment(ref s_fifos)}");
        if (MakeFifo(fifo, 0x180) != 0) throw new IOException($"mkfifo {fifo}");
        using var opener = new FifoOpener(fifo);
        nint actions = Marshal.AllocHGlobal(ActionsSize);
        nint program = Marshal.StringToHGlobalAnsi("/bin/true");
        nint arguments = Marshal.AllocHGlobal(2 * nint.Size);
        try
        {
            // Opened by the timer when the time is over, and again where there is no descriptor at the moment.
            using var timer = new Timer(_ => opener.TryOpen(), null, ms, RetryMs);
            Marshal.WriteIntPtr(arguments, program);
            Marshal.WriteIntPtr(arguments, nint.Size, 0);
            _ = InitializeActions(actions);
            _ = AddOpen(actions, 0, fifo, 0, 0);
            if (Spawn(out int child, "/bin/true", actions, 0, arguments, 0) == 0) _ = WaitFor(child, out _, 0);
            _ = DestroyActions(actions);
        }
        finally
        {
            Marshal.FreeHGlobal(arguments);
            Marshal.FreeHGlobal(program);
            Marshal.FreeHGlobal(actions);
            File.Delete(fifo);
        }
    }

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPStr)] string path, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int InitializeActions(nint actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int AddOpen(
        nint actions, int descriptor, [MarshalAs(UnmanagedType.LPStr)] string path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int DestroyActions(nint actions);

    [DllImport("libc", EntryPoint = "posix_spawn")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Spawn(
        out int child, [MarshalAs(UnmanagedType.LPStr)] string path, nint actions, nint attributes, nint arguments,
        nint environment);

    [DllImport("libc", EntryPoint = "waitpid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int WaitFor(int child, out int status, int options);
}
