using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>One field line as positions in the bytes it was parsed from; no white space around the value.</summary>
/// <remarks>
/// Filled member by member where it lies in its section: built apart and copied, the wide load right after the narrow
/// stores costs more than parsing a short line.
/// </remarks>
public record struct FieldLine
{
    /// <summary>Where the name begins, from the first byte given to the parser.</summary>
    public int NameStart { readonly get; internal set; }

    /// <summary>Bytes of the name; at least 1.</summary>
    public int NameLength { readonly get; internal set; }

    /// <summary>Where the value begins.</summary>
    public int ValueStart { readonly get; internal set; }

    /// <summary>Bytes of the value; may be 0.</summary>
    public int ValueLength { readonly get; internal set; }

    /// <summary>The field when its name is known.</summary>
    public KnownField Known { readonly get; internal set; }

    /// <summary>The name's bytes, as sent.</summary>
    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> data) => data.Slice(NameStart, NameLength);

    /// <summary>The value's bytes: visible ASCII, spaces, tabs and bytes from 0x80.</summary>
    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> data) => data.Slice(ValueStart, ValueLength);
}
