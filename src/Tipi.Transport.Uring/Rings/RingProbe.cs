using System.Net;
using System.Net.Sockets;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>Tries what the transport needs on a ring of its own, rather than trusting version numbers.</summary>
internal static unsafe class RingProbe
{
    private const string UpdateKernel = "use Linux 6.1 or newer";
    private const int MaxOps = 64;

    private static readonly IoUringOp[] s_needed =
    [
        IoUringOp.SendMsg, IoUringOp.Timeout, IoUringOp.Accept, IoUringOp.AsyncCancel, IoUringOp.Connect,
        IoUringOp.Close, IoUringOp.Read, IoUringOp.Send, IoUringOp.Recv, IoUringOp.PollAdd,
    ];

    /// <summary>What is missing, or null where nothing is.</summary>
    public static RingSupport? FindMissing()
    {
        var errno = Ring.TryCreate(8, out var ring);
        if (ring is null) return Explain(errno);
        using (ring)
        {
            if ((ring.Features & IoUringAbi.FeatureNoDrop) == 0 || (ring.Features & IoUringAbi.FeatureFastPoll) == 0)
                return RingSupport.Missing("the kernel's io_uring is too old", UpdateKernel);
            if (FindMissingOp(ring) is { } op)
                return RingSupport.Missing($"the kernel's io_uring lacks the operation {op}", UpdateKernel);
            return TryReceive(ring);
        }
    }

    private static RingSupport Explain(Errno errno) => errno switch
    {
        Errno.ENOSYS => RingSupport.Missing(
            "the kernel has no io_uring, or a sandbox hides it (ENOSYS)",
            $"{UpdateKernel}, or allow io_uring in the sandbox's system call filter"),
        Errno.EPERM or Errno.EACCES => RingSupport.Missing(IsDisabled()
            ? "the sysctl kernel.io_uring_disabled forbids io_uring (EPERM)"
            : "a seccomp filter or security module forbids io_uring (EPERM)",
            IsDisabled()
            ? "set kernel.io_uring_disabled=0, or 1 with the process in kernel.io_uring_group"
            : "allow io_uring_setup, io_uring_enter and io_uring_register in the container's seccomp profile " +
              "(Docker: --security-opt seccomp=profile.json)"),
        Errno.ENOMEM => RingSupport.Missing(
            "the limit of locked memory leaves no room for a ring (ENOMEM)", "raise it (ulimit -l, LimitMEMLOCK=)"),
        Errno.EMFILE or Errno.ENFILE => RingSupport.Missing(
            $"no descriptor was free for a ring ({errno})", "raise the limit of open files (ulimit -n)"),
        _ => RingSupport.Missing($"the kernel refuses the kind of ring that is needed ({errno})", UpdateKernel),
    };

    private static bool IsDisabled()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/io_uring_disabled").Trim() is "1" or "2";
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    // struct io_uring_probe: 16 bytes, then 8 bytes an operation, whose flags are at offset 2.
    // Safe: the kernel writes no more entries than it is told there is room for.
    private static IoUringOp? FindMissingOp(Ring ring)
    {
        var probe = stackalloc byte[16 + MaxOps * 8];
        new Span<byte>(probe, 16 + MaxOps * 8).Clear();
        if (ring.Register(IoUringAbi.RegisterProbe, probe, MaxOps) < 0) return IoUringOp.Nop;
        foreach (var op in s_needed)
        {
            if ((*(ushort*)(probe + 16 + (int)op * 8 + 2) & IoUringAbi.ProbeOpSupported) == 0) return op;
        }

        return null;
    }

    // A multishot receive from provided buffers, which no feature flag announces (Linux 6.0).
    private static RingSupport? TryReceive(Ring ring)
    {
        BufferRing buffers;
        try
        {
            buffers = new BufferRing(ring);
        }
        catch (IOException e)
        {
            return RingSupport.Missing($"the kernel refuses rings of provided buffers ({e.Message})", UpdateKernel);
        }

        using (buffers)
        using (var sockets = new LoopbackPair())
        {
            sockets.Near.Send("?"u8);
            // Safe: the entry is filled before it is submitted; the buffers outlive the receive, which ends with the
            // ring.
            var entry = ring.Submissions.TryTake();
            entry->Opcode = IoUringOp.Recv;
            entry->Fd = (int)sockets.Far.SafeHandle.DangerousGetHandle();
            entry->Flags = IoUringAbi.SqeBufferSelect;
            entry->IoPrio = IoUringAbi.RecvMultishot;
            entry->BufferGroup = BufferRing.GroupId;
            Span<Cqe> completion = stackalloc Cqe[1];
            if (ring.Enter(minComplete: 1) < 0 || ring.Completions.Drain(completion) != 1)
                return RingSupport.Missing("the kernel's io_uring does not answer", UpdateKernel);
            if (completion[0].Result != 1 || !completion[0].HasMore)
                return RingSupport.Missing("the kernel has no multishot receive", UpdateKernel);
            sockets.Near.Dispose();
            _ = ring.Enter(minComplete: 1); // the receive has ended when the buffers are given back
            return null;
        }
    }

    private sealed class LoopbackPair : IDisposable
    {
        public LoopbackPair()
        {
            using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            listener.Listen(1);
            Near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            Near.Connect(listener.LocalEndPoint!);
            Far = listener.Accept();
        }

        public Socket Near { get; }

        public Socket Far { get; }

        public void Dispose()
        {
            Near.Dispose();
            Far.Dispose();
        }
    }
}
