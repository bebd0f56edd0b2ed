using System.Net.Sockets;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Connections;

/// <summary>The file of a Unix socket: whether somebody listens there, and whom it belongs to. Linux only.</summary>
internal static class SocketFile
{
    // st_mode's type bits and a socket's among them (inode(7)).
    private const int TypeMask = 0xF000;
    private const int SocketType = 0xC000;

    private const int LockPauseMs = 10;
    private const int LongestLockWaitMs = 2000;

    /// <summary>
    /// Locks a socket's folder, so that of two that start or stop at the same path one comes after the other. Where the
    /// folder cannot be locked, or somebody holds it for long, it goes on without.
    /// </summary>
    /// <param name="path">The socket's file.</param>
    public static FolderLock Lock(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        for (var waitedMs = 0; ; waitedMs += LockPauseMs)
        {
            var answer = LibC.LockFolder(folder);
            if (answer != -(int)Errno.EAGAIN || waitedMs >= LongestLockWaitMs) return new FolderLock(answer);
            Thread.Sleep(LockPauseMs);
        }
    }

    /// <summary>Which file is there: 0 where none is.</summary>
    public static ulong Identify(string path) => LibC.IdentityOf(path).Inode;

    /// <summary>Removes the file unless another one is there now.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">Which one it was. While its socket is open no other file has this number.</param>
    public static void RemoveOwn(string path, ulong identity)
    {
        using var one = Lock(path);
        if (identity != 0 && Identify(path) == identity) File.Delete(path);
    }

    /// <summary>
    /// Removes the file that a server which did not end well has left. What is not a socket, and a socket on which
    /// somebody listens, stays.
    /// </summary>
    public static void RemoveStale(string path)
    {
        var mode = LibC.ModeOf(path);
        if (mode < 0 || (mode & TypeMask) != SocketType) return;
        if (IsDead(path)) File.Delete(path);
    }

    /// <summary>Gives the file to a user and a group.</summary>
    /// <param name="path">The file.</param>
    /// <param name="user">A name or a number; null: as it is.</param>
    /// <param name="group">A name or a number; null: as it is.</param>
    /// <exception cref="ArgumentException">There is no such user or group.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not give files away.</exception>
    public static void SetOwner(string path, string? user, string? group)
    {
        if (user is null && group is null) return;
        var userNumber = NumberOf(user, LibC.UserNumber, "user");
        var groupNumber = NumberOf(group, LibC.GroupNumber, "group");
        var answer = LibC.SetOwner(path, userNumber, groupNumber);
        if (answer < 0)
            throw new UnauthorizedAccessException(
                $"The owner of the socket file {path} could not be set to {user ?? "-"}:{group ?? "-"} "
                + $"({(Errno)(-answer)}). A process that is not root can only choose one of its own groups.");
    }

    /// <summary>The lock of a folder, until it is disposed.</summary>
    internal readonly struct FolderLock(int descriptor) : IDisposable
    {
        public void Dispose()
        {
            if (descriptor >= 0) _ = LibC.CloseDescriptor(descriptor);
        }
    }

    // Never waits: where somebody listens but has no room now, connecting would.
    private static bool IsDead(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return false;
        }
        catch (SocketException refused)
        {
            return refused.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static int NumberOf(string? name, Func<string, int?> find, string kind)
    {
        const int Unchanged = -1;
        if (name is null) return Unchanged;
        if (uint.TryParse(name, out var number)) return (int)number;
        return find(name) ?? throw new ArgumentException($"There is no {kind} \"{name}\" on this system.");
    }
}
