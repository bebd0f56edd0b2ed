using System.Runtime.InteropServices;

namespace Tipi.Tests.Kernel;

/// <summary>
/// Holds the calling thread in the state in which a disk, a page fault or vfork holds one: no signal, and no work of an
/// io_uring, reaches it there.
/// </summary>
/// <remarks>
/// posix_spawn waits by vfork until its child becomes another program. The child opens a FIFO before that, and does so
/// only when somebody opens the other end.
/// </remarks>
public sealed class UninterruptibleSleep : IDisposable
{
    private const int OwnerOnly = 384; // 0600
    private const int DescriptorInChild = 3;
    private const int ActionsSize = 512; // glibc's posix_spawn_file_actions_t has 80 bytes, and musl's as many

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tipi-sleep-{Guid.NewGuid():N}");
    private int _woken;

    public UninterruptibleSleep() => Check(MakeFifo(_path, OwnerOnly), "mkfifo");

    /// <summary>Sleeps until somebody calls <see cref="Wake"/>.</summary>
    public void Sleep()
    {
        var actions = Marshal.AllocHGlobal(ActionsSize);
        try
        {
            Check(InitActions(actions), "posix_spawn_file_actions_init");
            Check(AddOpen(actions, DescriptorInChild, _path, 0, 0), "posix_spawn_file_actions_addopen");
            nint[] arguments = [Marshal.StringToCoTaskMemUTF8("true"), 0];
            nint[] environment = [0];
            Check(Spawn(out var child, "true", actions, 0, arguments, environment), "posix_spawnp");
            Marshal.FreeCoTaskMem(arguments[0]);
            _ = DestroyActions(actions);
            _ = WaitPid(child, out _, 0);
        }
        finally
        {
            Marshal.FreeHGlobal(actions);
        }
    }

    /// <summary>Lets the sleeper go on; waits for it where it has not begun. From any other thread, once.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _woken, 1) == 1) return;
        using var end = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
    }

    public void Dispose() => File.Delete(_path);

    private static void Check(int answer, string call)
    {
        if (answer != 0) throw new InvalidOperationException($"{call} answers {answer}.");
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakeFifo([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static extern int InitActions(nint actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static extern int DestroyActions(nint actions);

    [DllImport("libc", EntryPoint = "posix_spawn_file_actions_addopen")]
    private static extern int AddOpen(
        nint actions, int fd, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mode);

    [DllImport("libc", EntryPoint = "posix_spawnp")]
    private static extern int Spawn(
        out int child, [MarshalAs(UnmanagedType.LPUTF8Str)] string file, nint actions, nint attributes,
        nint[] arguments, nint[] environment);

    [DllImport("libc", EntryPoint = "waitpid")]
    private static extern int WaitPid(int child, out int status, int options);
}
