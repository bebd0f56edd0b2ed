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
    // The file itself, which musl knows by this name too: for "libc" the runtime tries a dozen others before it.
    private const string Library = "libc.so.6";

    public const int SocketCloseOnExec = 0x80000;
    public const int FamilyUnix = 1;
    public const int FamilyIPv4 = 2;
    public const int FamilyIPv6 = 10;
    public const int MessageDontWait = 0x40;
    public const int MessageWaitAll = 0x100;
    public const int MessageNoSignal = 0x4000;

    private const int SetStatusFlags = 4;
    private const int AppendFlag = 0x400;
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
    private const int SoPeerName = 28;
    private const int ShutWrite = 1;
    private const int ShutReadWrite = 2;
    private const int CurrentFolder = -100;
    private const int StatusLength = 256;

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

    /// <summary>Resets the connection (RST) and drops what was not sent, while the descriptor stays open.</summary>
    public static void Reset(int fd)
    {
        // connect(2): an address of no family dissolves the connection of a TCP socket. A Unix socket only ends.
        var unspecified = stackalloc byte[16];
        new Span<byte>(unspecified, 16).Clear();
        if (Connect(fd, unspecified, 16) != 0) _ = Shutdown(fd, ShutReadWrite);
    }

    /// <summary>Has each write to a file go behind what is there at that moment, whoever wrote it.</summary>
    public static void SetAppend(SafeHandle file) => _ = FCntl(file, SetStatusFlags, AppendFlag);

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

    /// <summary>
    /// What the calling thread has used and how often it has slept; all 0 where the kernel does not say.
    /// </summary>
    public static ThreadUsage ThreadUsage()
    {
        // getrusage(2): two times in seconds and microseconds, then fourteen counts; the last but one: waits.
        const int CallingThread = 1;
        var usage = stackalloc long[18];
        if (GetUsage(CallingThread, usage) != 0) return default;
        return new ThreadUsage((usage[0] + usage[2]) * 1_000_000 + usage[1] + usage[3], usage[16]);
    }

    /// <summary>A new stream socket, in blocking mode as io_uring wants it.</summary>
    public static int OpenStream(int family) => Answer(Socket(family, SocketStream | SocketCloseOnExec, 0));

    /// <summary>Two stream sockets that are connected with each other. 0, or a negated errno.</summary>
    public static int OpenPair(int* two) => Answer(SocketPair(FamilyUnix, SocketStream | SocketCloseOnExec, 0, two));

    /// <summary>Bytes that the processes of a user together may lock in memory; null: no limit.</summary>
    public static long? LockedMemoryLimit()
    {
        const int LockedMemory = 8;
        var limit = stackalloc ulong[2];
        return GetResourceLimit(LockedMemory, limit) == 0 && limit[0] <= long.MaxValue ? (long)limit[0] : null;
    }

    /// <summary>Descriptors that the process may have open (<c>ulimit -n</c>); null: no limit.</summary>
    public static long? DescriptorLimit()
    {
        const int OpenFiles = 7;
        var limit = stackalloc ulong[2];
        return GetResourceLimit(OpenFiles, limit) == 0 && limit[0] <= long.MaxValue ? (long)limit[0] : null;
    }

    /// <summary>Descriptors that the process has open; null where the kernel does not say (Linux before 6.2).</summary>
    public static long? CountDescriptors()
    {
        // proc_pid_fd(5): the size of the directory. Opens nothing.
        const int SizeOffset = 40;
        const uint Size = 0x200;
        var status = stackalloc byte[StatusLength];
        fixed (byte* path = "/proc/self/fd\0"u8)
        {
            if (Status((nint)path, 0, Size, status) < 0) return null;
        }

        var count = *(long*)(status + SizeOffset);
        return count > 0 ? count : null;
    }

    public static void SetNoDelay(int fd)
    {
        var on = 1;
        _ = SetSockOpt(fd, IpProtoTcp, TcpNoDelay, &on, sizeof(int));
    }

    /// <summary>The address of the other end; of TCP's also after a reset.</summary>
    public static int PeerName(int fd, byte* address, uint* length)
    {
        // SO_PEERNAME refuses to give less than it has, and does not say what it has.
        const uint SizeOfIPv4 = 16;
        var room = *length;
        var answer = Answer(GetPeerName(fd, address, length));
        if (answer >= 0) return answer;
        foreach (var size in stackalloc uint[2] { room, Math.Min(room, SizeOfIPv4) })
        {
            *length = size;
            if (Answer(GetSockOpt(fd, SolSocket, SoPeerName, address, length)) >= 0) return 0;
        }

        return answer;
    }

    public static int LocalName(int fd, byte* address, uint* length) => Answer(GetSockName(fd, address, length));

    /// <summary>Another descriptor of the same file, which no other program inherits.</summary>
    public static int Duplicate(int fd)
    {
        const int DuplicateCloseOnExec = 1030;
        return Answer(FCntl(fd, DuplicateCloseOnExec, 0));
    }

    /// <summary>No program that this process starts inherits the descriptor. 0, or a negated errno.</summary>
    public static int SetCloseOnExec(int fd)
    {
        const int SetDescriptorFlags = 2;
        const int CloseOnExec = 1;
        return Answer(FCntl(fd, SetDescriptorFlags, CloseOnExec));
    }

    /// <summary>True when a path leads to a FIFO, or to a pipe that is open.</summary>
    public static bool IsPipe(string path)
    {
        // inode(7)
        const int TypeMask = 0xF000;
        const int FifoType = 0x1000;
        var mode = ModeOf(path, followsLinks: true);
        return mode >= 0 && (mode & TypeMask) == FifoType;
    }

    /// <summary>
    /// Type and permissions of what is at a path, as in <c>st_mode</c>; or a negated errno.
    /// </summary>
    public static int ModeOf(string path, bool followsLinks = false)
    {
        const int ModeOffset = 28;
        const int NoFollow = 0x100;
        const uint TypeAndMode = 3;
        var status = stackalloc byte[StatusLength];
        var result = Status(path, followsLinks ? 0 : NoFollow, TypeAndMode, status);
        return result < 0 ? result : *(ushort*)(status + ModeOffset);
    }

    /// <summary>Which file is at a path; the default one where none is.</summary>
    public static FileIdentity IdentityOf(string path)
    {
        const int InodeOffset = 32;
        const int ChangeOffset = 96;
        const uint InodeAndChange = 0x100 | 0x80;
        var status = stackalloc byte[StatusLength];
        if (Status(path, 0, InodeAndChange, status) < 0) return default;
        return new FileIdentity(
            *(ulong*)(status + InodeOffset), *(long*)(status + ChangeOffset),
            *(uint*)(status + ChangeOffset + sizeof(long)));
    }

    /// <summary>
    /// A descriptor of a folder, locked against everybody else who locks it; or a negated errno. Closing it unlocks.
    /// </summary>
    public static int LockFolder(string path)
    {
        // flock(2): exclusive, without waiting. It locks for this descriptor, so that one process excludes itself too.
        const int ExclusiveNow = 2 | 4;
        const int OpenCloseOnExec = 0x80000;
        const int OpenWithoutWaiting = 0x800; // a FIFO would wait for a writer
        var folder = Answer(Open(path, OpenCloseOnExec | OpenWithoutWaiting));
        if (folder < 0) return folder;
        var answer = Answer(FLock(folder, ExclusiveNow));
        if (answer < 0) _ = Close(folder);
        return answer < 0 ? answer : folder;
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

    private static int Status(string path, int flags, uint mask, byte* status)
    {
        var text = Marshal.StringToCoTaskMemUTF8(path);
        try
        {
            return Status(text, flags, mask, status);
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
        }
    }

    /// <summary>statx(2): its structure is the same on every architecture, which stat's is not.</summary>
    private static int Status(nint path, int flags, uint mask, byte* status)
    {
        nint call = RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.X64 => 332,
            Architecture.Arm64 => 291,
            _ => -1,
        };
        if (call < 0) return -(int)Errno.ENOSYS;
        return Answer(Syscall(call, CurrentFolder, path, flags, (nint)mask, (nint)status, 0));
    }

    private static int Answer(nint result) => result >= 0 ? (int)result : -Marshal.GetLastPInvokeError();

    private static byte* Mapped(void* address) => address == (void*)-1 ? null : (byte*)address;

    [LibraryImport(Library, EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Syscall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport(Library, EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport(Library, EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FCntl(SafeHandle file, int command, int argument);

    [LibraryImport(Library, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport(Library, EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(int fd, int operation);

    [LibraryImport(Library, EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);

    [LibraryImport(Library, EntryPoint = "eventfd", SetLastError = true)]
    private static partial int EventFd(uint initial, int flags);

    [LibraryImport(Library, EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int fd, void* buffer, nuint length);

    [LibraryImport(Library, EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int fd, void* buffer, nuint length, int flags);

    [LibraryImport(Library, EntryPoint = "sendmsg", SetLastError = true)]
    private static partial nint SendMsg(int fd, MessageHeader* message, int flags);

    [LibraryImport(Library, EntryPoint = "gettid")]
    private static partial int GetTid();

    [LibraryImport(Library, EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, KernelTimespec* time);

    [LibraryImport(Library, EntryPoint = "socket", SetLastError = true)]
    private static partial int Socket(int family, int type, int protocol);

    [LibraryImport(Library, EntryPoint = "socketpair", SetLastError = true)]
    private static partial int SocketPair(int family, int type, int protocol, int* two);

    [LibraryImport(Library, EntryPoint = "getrlimit")]
    private static partial int GetResourceLimit(int resource, ulong* limit);

    [LibraryImport(Library, EntryPoint = "getrusage")]
    private static partial int GetUsage(int who, long* usage);

    [LibraryImport(Library, EntryPoint = "shutdown", SetLastError = true)]
    private static partial int Shutdown(int fd, int how);

    [LibraryImport(Library, EntryPoint = "connect", SetLastError = true)]
    private static partial int Connect(int fd, void* address, uint length);

    [LibraryImport(Library, EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetSockOpt(int fd, int level, int option, void* value, uint length);

    [LibraryImport(Library, EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetSockOpt(int fd, int level, int option, void* value, uint* length);

    [LibraryImport(Library, EntryPoint = "getpeername", SetLastError = true)]
    private static partial int GetPeerName(int fd, byte* address, uint* length);

    [LibraryImport(Library, EntryPoint = "getsockname", SetLastError = true)]
    private static partial int GetSockName(int fd, byte* address, uint* length);

    [LibraryImport(Library, EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FCntl(int fd, int command, int argument);

    [LibraryImport(Library, EntryPoint = "lchown", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int LChown(string path, int user, int group);

    [LibraryImport(Library, EntryPoint = "getpwnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetPwNam(string name);

    [LibraryImport(Library, EntryPoint = "getgrnam", StringMarshalling = StringMarshalling.Utf8)]
    private static partial byte* GetGrNam(string name);
}
