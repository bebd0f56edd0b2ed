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

    /// <summary>What is missing, or null where nothing is. Never throws.</summary>
    public static MissingRing? FindMissing()
    {
        try
        {
            return Try();
        }
#pragma warning disable CA1031 // whatever it is, there is no ring to be had
        catch (Exception e)
#pragma warning restore CA1031
        {
            return new MissingRing($"creating a test ring failed ({e.Message})", "correct this error");
        }
    }

    private static MissingRing? Try()
    {
        var errno = Ring.TryCreate(8, out var ring);
        if (ring is null) return Explain(errno);
        using (ring)
        {
            if ((ring.Features & IoUringAbi.FeatureNoDrop) == 0 || (ring.Features & IoUringAbi.FeatureFastPoll) == 0)
                return new MissingRing("the kernel's io_uring is too old", UpdateKernel);
            if (FindMissingOp(ring) is { } op)
                return new MissingRing($"the kernel's io_uring lacks the operation {op}", UpdateKernel);
            return TryReceive(ring);
        }
    }

    /// <summary>Says why the kernel refuses a ring, and what helps.</summary>
    public static MissingRing Explain(Errno errno) => errno switch
    {
        Errno.ENOSYS => new MissingRing(
            "the kernel has no io_uring, or a sandbox hides it (ENOSYS)",
            $"{UpdateKernel}, or allow io_uring in the sandbox's system call filter"),
        Errno.EPERM or Errno.EACCES => new MissingRing(IsDisabled()
            ? "the sysctl kernel.io_uring_disabled forbids io_uring (EPERM)"
            : "a seccomp filter or security module forbids io_uring (EPERM)",
            IsDisabled()
            ? "set kernel.io_uring_disabled=0, or 1 with the process in kernel.io_uring_group"
            : "allow io_uring_setup, io_uring_enter and io_uring_register in the container's seccomp profile " +
              "(Docker: --security-opt seccomp=profile.json)"),
        Errno.ENOMEM => new MissingRing(
            $"the limit on locked memory ({DescribeLimit()}) leaves no room for a ring (ENOMEM)",
            "raise this limit (ulimit -l, LimitMEMLOCK=, docker run --ulimit memlock=)"),
        Errno.EMFILE or Errno.ENFILE => new MissingRing(
            $"no file descriptor was free for a ring ({errno})", "raise the limit on open files (ulimit -n)"),
        _ => new MissingRing($"the kernel rejects the kind of ring that Tipi needs ({errno})", UpdateKernel),
    };

    private static string DescribeLimit() => LibC.LockedMemoryLimit() is { } limit
        ? $"RLIMIT_MEMLOCK, {limit / 1024} KiB for all processes of the user together"
        : "RLIMIT_MEMLOCK";

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
    private static MissingRing? TryReceive(Ring ring)
    {
        BufferRing buffers;
        try
        {
            buffers = new BufferRing(ring, RingSize.Smallest.Buffers);
        }
        catch (IOException e)
        {
            return ErrnoTranslation.IsOf(e, Errno.ENOMEM)
                ? Explain(Errno.ENOMEM)
                : new MissingRing($"the kernel rejects rings of provided buffers ({e.Message})", UpdateKernel);
        }

        using (buffers) return TryReceiveOnPair(ring);
    }

    // Safe: the entry is filled before it is submitted; the buffers outlive the receive, which has ended when this
    // returns, or ends with the ring.
    private static MissingRing? TryReceiveOnPair(Ring ring)
    {
        var pair = stackalloc int[2];
        var answer = LibC.OpenPair(pair);
        if (answer < 0) return Explain((Errno)(-answer));
        try
        {
            var text = (byte)'?';
            _ = LibC.SendNow(pair[0], &text, 1);
            var entry = ring.Submissions.TryTake();
            entry->Opcode = IoUringOp.Recv;
            entry->Fd = pair[1];
            entry->Flags = IoUringAbi.SqeBufferSelect;
            entry->IoPrio = IoUringAbi.RecvMultishot;
            entry->BufferGroup = BufferRing.GroupId;
            if (!TryComplete(ring, out var received))
                return new MissingRing("the kernel's io_uring does not respond", UpdateKernel);
            if (received.Result != 1 || !received.HasMore)
                return new MissingRing("the kernel has no multishot receive", UpdateKernel);
            _ = LibC.ShutdownSend(pair[0]);
            _ = TryComplete(ring, out _); // the receive has ended when the buffers are given back
            return null;
        }
        finally
        {
            _ = LibC.CloseDescriptor(pair[0]);
            _ = LibC.CloseDescriptor(pair[1]);
        }
    }

    // A signal may come at any time, and says nothing about the ring.
    private static bool TryComplete(Ring ring, out Cqe completion)
    {
        Span<Cqe> one = stackalloc Cqe[1];
        int answer;
        do answer = ring.Enter(minComplete: 1);
        while (answer == -(int)Errno.EINTR);
        var isThere = ring.Completions.Drain(one) == 1;
        completion = one[0];
        return isThere;
    }
}
