using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// One io_uring: two queues shared with the kernel and the call that moves both. It knows nothing of what the
/// operations mean.
/// </summary>
/// <remarks>
/// One thread at a time, but not always the same one: the ring is set up so that a second thread may take it over
/// (COOP_TASKRUN without SINGLE_ISSUER). Safe: the mappings are unmapped by <see cref="Dispose"/> only, after which
/// the owner makes no call.
/// </remarks>
internal sealed unsafe class Ring : IDisposable
{
    // A turn's multishot receives and accepts may complete more often than they were submitted; what does not fit
    // is kept by the kernel (FEAT_NODROP) at a price.
    private const uint CompletionsPerSubmission = 8;

    private readonly int _fd;
    private readonly byte* _ringMemory;
    private readonly nuint _ringLength;
    private readonly byte* _entryMemory;
    private readonly nuint _entryLength;
    private bool _isLost;
    private bool _disposed;

    private Ring(int fd, in IoUringParams setup)
    {
        _fd = fd;
        Features = setup.Features;
        var sqEnd = setup.Sq.Array + setup.SqEntries * sizeof(uint);
        var cqEnd = setup.Cq.Cqes + setup.CqEntries * (uint)sizeof(Cqe);
        _ringLength = Math.Max(sqEnd, cqEnd);
        _entryLength = setup.SqEntries * (uint)sizeof(Sqe);
        _ringMemory = LibC.MapRing(fd, _ringLength, IoUringAbi.OffsetSqRing);
        _entryMemory = LibC.MapRing(fd, _entryLength, IoUringAbi.OffsetSqes);
        if (_ringMemory is null || _entryMemory is null) return;
        Submissions = new SubmissionQueue(_ringMemory, _entryMemory, setup);
        Completions = new CompletionQueue(_ringMemory, setup);
    }

    public int Descriptor => _fd;

    public uint Features { get; }

    public SubmissionQueue Submissions { get; } = null!;

    public CompletionQueue Completions { get; } = null!;

    /// <summary>Sets up a ring. Returns the kernel's refusal as an errno, with <paramref name="ring"/> null.</summary>
    public static Errno TryCreate(uint submissions, out Ring? ring)
    {
        const uint Wanted = IoUringAbi.SetupCqSize | IoUringAbi.SetupClamp | IoUringAbi.SetupSubmitAll
            | IoUringAbi.SetupCoopTaskRun | IoUringAbi.SetupTaskRunFlag;
        ring = null;
        var answer = Setup(submissions, Wanted | IoUringAbi.SetupNoSqArray, out var setup);
        if (answer == -(int)Errno.EINVAL) answer = Setup(submissions, Wanted, out setup);
        if (answer < 0) return (Errno)(-answer);
        if ((setup.Features & IoUringAbi.FeatureSingleMmap) == 0)
        {
            _ = LibC.CloseDescriptor(answer);
            return Errno.EOPNOTSUPP;
        }

        ring = new Ring(answer, setup);
        if (ring.Submissions is not null) return Errno.None;
        ring.Dispose();
        ring = null;
        return Errno.ENOMEM;
    }

    /// <summary>
    /// Hands the filled entries to the kernel and, when <paramref name="minComplete"/> is not 0, sleeps until as many
    /// completions are there. The number of entries taken, or a negated errno (EINTR and EBUSY are ordinary).
    /// </summary>
    public int Enter(uint minComplete)
    {
        var toSubmit = Submissions.Publish();
        var answer = LibC.IoUringEnter(_fd, toSubmit, minComplete, IoUringAbi.EnterGetEvents);
        // Somebody has closed it: the number is nobody's by now, or another file's.
        if ((Errno)(-answer) is Errno.EBADF or Errno.EOPNOTSUPP) _isLost = true;
        return answer;
    }

    /// <summary>Ends all requests in flight, as far as that is possible at once; their completions tell.</summary>
    public void CancelAll()
    {
        if (_isLost) return;
        var all = new SyncCancel
        {
            Fd = -1,
            Flags = IoUringAbi.CancelAll | IoUringAbi.CancelAny,
            Timeout = new KernelTimespec { Seconds = 1 },
        };
        _ = Register(IoUringAbi.RegisterSyncCancel, &all, 1);
        _ = Enter(minComplete: 0);
    }

    public int Register(uint opcode, void* argument, uint count) =>
        LibC.IoUringRegister(_fd, opcode, argument, count);

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        if (_entryMemory is not null) LibC.Unmap(_entryMemory, _entryLength);
        if (_ringMemory is not null) LibC.Unmap(_ringMemory, _ringLength);
        if (!_isLost) _ = LibC.CloseDescriptor(_fd);
    }

    private static int Setup(uint submissions, uint flags, out IoUringParams setup)
    {
        var request = new IoUringParams { Flags = flags, CqEntries = submissions * CompletionsPerSubmission };
        var answer = LibC.IoUringSetup(submissions, &request);
        setup = request;
        return answer;
    }
}
