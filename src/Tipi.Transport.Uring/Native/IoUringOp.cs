namespace Tipi.Transport.Uring.Native;

/// <summary>The operation codes in use (<c>enum io_uring_op</c>).</summary>
internal enum IoUringOp : byte
{
    Nop = 0,
    PollAdd = 6,
    SendMsg = 9,
    Timeout = 11,
    Accept = 13,
    AsyncCancel = 14,
    Connect = 16,
    Close = 19,
    Read = 22,
    Send = 26,
    Recv = 27,
}
