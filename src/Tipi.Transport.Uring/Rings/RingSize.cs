namespace Tipi.Transport.Uring.Rings;

/// <summary>How much a ring has room for. The kernel counts its memory as locked memory of the user.</summary>
/// <param name="Submissions">Requests that are submitted in one go, at most; eight times as many completions.</param>
/// <param name="Buffers">Receive buffers, at most. A power of two.</param>
internal readonly record struct RingSize(uint Submissions, int Buffers)
{
    /// <summary>
    /// The largest first. The ordinary one: about 230 KiB of locked memory; room for one entry a connection in a busy
    /// turn, and a full queue is submitted and filled again. For little locked memory: about 60 KiB, and 20 KiB; they
    /// enter the kernel more often.
    /// </summary>
    public static readonly RingSize[] All = [new(1024, 2048), new(256, 512), new(64, 256)];

    public static RingSize Ordinary => All[0];

    public static RingSize Smallest => All[^1];
}
