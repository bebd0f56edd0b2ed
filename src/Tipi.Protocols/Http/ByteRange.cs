namespace Tipi.Protocols.Http;

/// <summary>A run of bytes in the data that something was parsed from.</summary>
/// <param name="Start">Its first byte, from the first byte given to its parser.</param>
/// <param name="Length">How many bytes; may be 0.</param>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>The position after the last byte.</summary>
    public int End => Start + Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> data) => data.Slice(Start, Length);
}
