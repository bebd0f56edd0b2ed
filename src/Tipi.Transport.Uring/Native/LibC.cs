using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: DisableRuntimeMarshalling]

namespace Tipi.Transport.Uring.Native;

/// <summary>
/// The C library, as thin as it can be: every call answers with the kernel's result, or with the negated
/// <see cref="Errno"/>.
/// </summary>
/// <remarks>
/// Safe: pointers given here are to pinned or native memory, and outlive the call (or, for what goes through a ring,
/// outlive the operation; see Operation).
/// </remarks>
internal static unsafe partial class LibC
{
    public const int SocketCloseOnExec = 0x80000;
    public const int FamilyUnix = 1;
    public const int FamilyIPv4 = 2;
    public const int FamilyIPv6 = 10;
    public const int MessageDontWait = 0x40;
    public const int MessageWaitAll = 0x100;
    public const int MessageNoSignal = 0x4000;

    private const int ProtReadWrite = 0x1 | 0x2;
    private const int MapShared = 0x01;
    private const int MapPrivate = 0x02;
    private const int MapAnonymous = 0x20;
    private const int MapPopulate = 0x8000;
    private const int EventFdCloseOnExec = 0x80000;
    private const int SocketStream = 1;
    private const int SolSocket = 1;
    private const int IpProtoTcp = 6;
    private const int TcpNoDelay = 1;
    private const int SoLinger = 13;
    private const int ShutWrite = 1;
    private const int CurrentFolder = -100;

    public static int IoUringSetup(uint entries, IoUringParams* parameters) =>
        Answer(Syscall(IoUringAbi.SysSetup, (nint)entries, (nint)parameters, 0, 0, 0, 0));

    public static int IoUringEnter(int ring, uint toSubmit, uint minComplete, uint flags) =>
        Answer(Syscall(IoUringAbi.SysEnter, ring, (nint)toSubmit, (nint)minComplete, (nint)flags, 0, 0));

    public static int IoUringRegister(int ring, uint opcode, void* argument, uint count) =>
        Answer(Syscall(IoUringAbi.SysRegister, ring, (nint)opcode, (nint)argument, (nint)count, 0, 0));

    /// <summary>Maps a part of the ring into memory. Null where the kernel refuses.</summary>
    public static byte* MapRing(int ring, nuint length, long offset) =>
        Mapped(Mmap(null, length, ProtReadWrite, MapShared | MapPopulate, ring, (nint)offset));

    /// <summary>Maps zeroed pages. Null where the kernel refuses.</summary>
    public static byte* MapPages(nuint length) =>
        Mapped(Mmap(null, length, ProtReadWrite, MapPrivate | MapAnonymous, -1, 0));

    public static void Unmap(void* address, nuint length) => _ = Munmap(address, length);

    public static int CloseDescriptor(int fd) => Answer(Close(fd));

    public static int CreateEventFd() => Answer(EventFd(0, EventFdCloseOnExec));

    /// <summary>Adds 1 to an eventfd, which wakes whoever reads it.</summary>
    public static void SignalEventFd(int fd)
    {
        ulong one = 1;
        _ = Write(fd, &one, sizeof(ulong));
    }

    /// <summary>Sends without waiting. The bytes taken, or a negated errno.</summary>
    public static int SendNow(int fd, byte* buffer, nuint length) =>
        Answer(Send(fd, buffer, length, MessageDontWait | MessageNoSignal));

    /// <summary>Sends several buffers without waiting. The bytes taken, or a negated errno.</summary>
    public static int SendNow(int fd, MessageHeader* message) =>
        Answer(SendMsg(fd, message, MessageDontWait | MessageNoSignal));

    /// <summary>Ends the sending half: the peer reads the end of the stream after what was sent.</summary>
    public static int ShutdownSend(int fd) => Answer(Shutdown(fd, ShutWrite));

    /// <summary>Makes the close that follows a reset (RST), dropping what was not sent.</summary>
    public static void LingerZero(int fd)
    {
        var linger = stackalloc int[2] { 1, 0 };
        _ = SetSockOpt(fd, SolSocket, SoLinger, linger, sizeof(int) * 2);
    }

    /// <summary>The kernel's number of the calling thread.</summary>
    public static int ThreadId() => GetTid();

    /// <summary>
    /// Nanoseconds that a thread of this process has spent on a processor; 0 where the kernel does not say.
    /// </summary>
    public static long ThreadProcessorTimeNs(int threadId)
    {
        // clock_getres(2): the clock of a thread is its number, inverted, with the kind of clock in the low bits.
        const int PerThreadScheduled = 4 | 2;
        KernelTimespec time;
        if (ClockGetTime((~threadId << 3) | PerThreadScheduled, &time) != 0) return 0;
        return time.Seconds * 1_000_000_000 + time.Nanoseconds;
    }

    /// <summary>A new stream socket, in blocking mode as io_uring wants it.</summary>
    public static int OpenStream(int family) => Answer(Socket(family, SocketStream | SocketCloseOnExec, 0));

    public static void SetNoDelay(int fd)
    {
        var on = 1;
        _ = SetSockOpt(fd, IpProtoTcp, TcpNoDelay, &on, sizeof(int));
    }

    public static int PeerName(int fd, byte* address, uint* length) => Answer(GetPeerName(fd, address, length));

    public static int LocalName(int fd, byte* address, uint* length) => Answer(GetSockName(fd, address, length));

    /// <summary>No program that this process starts inherits the descriptor. 0, or a negated errno.</summary>
    public static int SetCloseOnExec(int fd)
    {
        const int SetDescriptorFlags = 2;
        const int CloseOnExec = 1;
        return Answer(FCntl(fd, SetDescriptorFlags, CloseOnExec));
    }

    /// <summary>
    /// Type and permissions of what is at a path, not following a link, as in <c>st_mode</c>; or a negated errno.
    /// </summary>
    public static int ModeOf(string path)
    {
        // statx(2): its structure is the same on every architecture, which stat's is not.
        const int ModeOffset = 28;
        const int NoFollow = 0x100;
        const uint TypeAndMode = 3;
        nint call = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 332,
            Architecture.Arm64 => 291,
            _ => -1,
        };
        if (call < 0) return -(int)Errno.ENOSYS;
        var status = stackalloc byte[256];
        var text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            var result = Answer(Syscall(call, CurrentFolder, text, NoFollow, (nint)TypeAndMode, (nint)status, 0));
            return result < 0 ? result : *(ushort*)(status + ModeOffset);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>Gives a file, or a link itself, to a user and a group; -1 keeps one. 0, or a negated errno.</summary>
    public static int SetOwner(string path, int user, int group) => Answer(LChown(path, user, group));

    /// <summary>The number of a user; null when nobody has the name.</summary>
    public static int? UserNumber(string name)
    {
        // struct passwd: two pointers, then uid and gid.
        var found = GetPwNam(name);
        return found == null ? null : *(int*)(found + 2 * sizeof(nint));
    }

    /// <summary>The number of a group; null when none has the name.</summary>
    public static int? GroupNumber(string name)
    {
        // struct group: two pointers, then gid.
        var found = GetGrNam(name);
        return found == null ? null : *(int*)(found + 2 * sizeof(nint));
    }

    private static int Answer(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

    private static byte* Mapped(void* address) => address == (void*)-1 ? null : (byte*)address;

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int fd, void* buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMsg(int fd, MessageHeader* message, int flags);

    [LibraryImport("libc", EntryPoint = "gettid")]
    private static partial int GetTid();

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, KernelTimespec* time);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(int fd, int how);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(int fd, int level, int option, void* value, uint length);

    [LibraryImport("libc", EntryPoint = "getpeername", SetLastError = true)]
    private static partial int GetPeerName(int fd, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetSockName(int fd, byte* address, uint* length);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FCntl(int fd, int command, int argument);

    [LibraryImport("libc", EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, int user, int group);

    [LibraryImport("libc", EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetPwNam(string name);

    [LibraryImport("libc", EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetGrNam(string name);
}
