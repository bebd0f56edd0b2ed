namespace Tipi.Protocols.Http1;

/// <summary>A run of bytes in the data that a head was parsed from.</summary>
/// <param name="Start">Its first byte, from the first byte given to the parser.</param>
/// <param name="Length">How many bytes; may be 0.</param>
public readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>The position after the last byte.</summary>
    public int End => Start + Length;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> data) => data.Slice(Start, Length);
}
