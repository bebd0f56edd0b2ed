namespace Tipi.Protocols.Http;

/// <summary>A member of a dictionary of structured fields, as far as anyone here asks.</summary>
internal readonly ref struct DictionaryMember(ReadOnlySpan<byte> key, StructuredKind kind, long number)
{
    internal ReadOnlySpan<byte> Key { get; } = key;

    internal StructuredKind Kind { get; } = kind;

    /// <summary>An integer's value; a boolean's as 0 or 1; otherwise 0.</summary>
    internal long Number { get; } = number;
}
