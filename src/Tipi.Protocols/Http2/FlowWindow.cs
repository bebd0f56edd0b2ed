namespace Tipi.Protocols.Http2;

/// <summary>How many bytes of DATA may be sent one way, on a stream or on the connection (RFC 9113 §6.9).</summary>
/// <remarks>
/// Invariant: -(2^31 - 1) ≤ Available ≤ 2^31 - 1. Only a smaller SETTINGS_INITIAL_WINDOW_SIZE makes it negative; then
/// nothing can be taken until updates have made up for it.
/// </remarks>
internal struct FlowWindow(int available)
{
    /// <summary>Bytes that may be sent; negative: as many must be granted first.</summary>
    internal int Available { get; private set; } = available;

    /// <summary>Takes bytes that are sent or received; false, and nothing changes, when there are fewer.</summary>
    internal bool TryTake(int bytes)
    {
        if (bytes > Available && bytes != 0) return false;
        Available -= bytes;
        return true;
    }

    /// <summary>Adds a grant; false, and nothing changes, beyond 2^31 - 1: FLOW_CONTROL_ERROR (§6.9.1).</summary>
    internal bool TryGrow(int bytes) => TryAdjust(bytes);

    /// <summary>
    /// Adds the difference of two initial sizes, which may be negative (§6.9.2); false as with
    /// <see cref="TryGrow"/>.
    /// </summary>
    internal bool TryAdjust(int difference)
    {
        long sum = (long)Available + difference;
        if (sum is > int.MaxValue or < -int.MaxValue) return false;
        Available = (int)sum;
        return true;
    }
}
