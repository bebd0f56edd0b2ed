namespace Tipi.Transport.Uring.Native;

/// <summary>Constants of <c>linux/io_uring.h</c>; the same on x64 and arm64.</summary>
internal static class IoUringAbi
{
    // System call numbers; io_uring came after the tables of all architectures were unified.
    public const int SysSetup = 425;
    public const int SysEnter = 426;
    public const int SysRegister = 427;

    // io_uring_setup flags.
    public const uint SetupCqSize = 1u << 3;
    public const uint SetupClamp = 1u << 4;
    public const uint SetupSubmitAll = 1u << 7;
    public const uint SetupCoopTaskRun = 1u << 8;
    public const uint SetupTaskRunFlag = 1u << 9;
    public const uint SetupNoSqArray = 1u << 16; // Linux 6.6

    // Features that io_uring_setup reports.
    public const uint FeatureSingleMmap = 1u << 0;
    public const uint FeatureNoDrop = 1u << 1;
    public const uint FeatureFastPoll = 1u << 5;

    // Offsets for mmap.
    public const long OffsetSqRing = 0;
    public const long OffsetSqes = 0x1000_0000;

    // Flags in the submission ring.
    public const uint SqCqOverflow = 1u << 1;
    public const uint SqTaskRun = 1u << 2;

    // io_uring_enter flags.
    public const uint EnterGetEvents = 1u << 0;

    // io_uring_register opcodes.
    public const uint RegisterProbe = 8;
    public const uint RegisterPbufRing = 22;
    public const uint UnregisterPbufRing = 23;
    public const uint RegisterSyncCancel = 24;
    public const ushort ProbeOpSupported = 1;

    // Flags of a cancellation.
    public const uint CancelAll = 1u << 0;
    public const uint CancelAny = 1u << 2;

    // Submission entry flags.
    public const byte SqeBufferSelect = 1 << 5;

    // Flags in the ioprio field of accept and receive.
    public const ushort AcceptMultishot = 1 << 0;
    public const ushort RecvMultishot = 1 << 1;

    // Events of a poll (poll.h).
    public const uint PollIn = 1u << 0;
    public const uint PollError = 1u << 3;

    // Flag in the length field of a poll.
    public const uint PollMultishot = 1u << 0;

    // Completion flags.
    public const uint CqeBuffer = 1u << 0;
    public const uint CqeMore = 1u << 1;
    public const int CqeBufferShift = 16;
}
