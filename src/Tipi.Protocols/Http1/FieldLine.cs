using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>One field line as positions in the bytes it was parsed from; no white space around the value.</summary>
/// <param name="NameStart">Where the name begins, from the first byte given to the parser.</param>
/// <param name="NameLength">Bytes of the name; at least 1.</param>
/// <param name="ValueStart">Where the value begins.</param>
/// <param name="ValueLength">Bytes of the value; may be 0.</param>
/// <param name="Known">The field when its name is known.</param>
public readonly record struct FieldLine(
    int NameStart, int NameLength, int ValueStart, int ValueLength, KnownField Known)
{
    /// <summary>The name's bytes, as sent.</summary>
    public ReadOnlySpan<byte> Name(ReadOnlySpan<byte> data) => data.Slice(NameStart, NameLength);

    /// <summary>The value's bytes: visible ASCII, spaces, tabs and bytes from 0x80.</summary>
    public ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data) => data.Slice(ValueStart, ValueLength);
}
