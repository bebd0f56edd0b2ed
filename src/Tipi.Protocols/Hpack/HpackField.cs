using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>A decoded field. The bytes are valid during the call that shows it, an entry's for ever.</summary>
/// <remarks>
/// Nothing was validated: a name may be empty, have capitals or controls, and a value any byte (RFC 9113 §8.2.1). Only
/// a known name is known to be in lower case.
/// </remarks>
internal readonly ref struct HpackField
{
    private readonly string? _name;

    /// <summary>A field that is an entry.</summary>
    internal HpackField(HpackEntry entry, bool isNeverIndexed = false)
    {
        _name = entry.Name;
        Known = entry.Known;
        NameBytes = entry.NameBytes;
        Value = entry.Value;
        Entry = entry;
        IsNeverIndexed = isNeverIndexed;
    }

    /// <summary>A literal whose name is an entry's.</summary>
    internal HpackField(HpackEntry name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        _name = name.Name;
        Known = name.Known;
        NameBytes = name.NameBytes;
        Value = value;
        IsNeverIndexed = isNeverIndexed;
    }

    /// <summary>A literal.</summary>
    internal HpackField(KnownField known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isNeverIndexed)
    {
        _name = known == KnownField.Unknown ? null : FieldNames.GetName(known);
        Known = known;
        NameBytes = name;
        Value = value;
        IsNeverIndexed = isNeverIndexed;
    }

    private HpackField(HpackField field, ReadOnlySpan<byte> value)
    {
        _name = field.Name;
        Known = field.Known;
        NameBytes = field.NameBytes;
        Value = value;
        IsNeverIndexed = field.IsNeverIndexed;
    }

    /// <summary>The field when its name is known and in lower case; pseudo-header fields are not known.</summary>
    internal KnownField Known { get; }

    /// <summary>
    /// The name as the application gets it, when no string needs to be made for it: of a known field in its usual
    /// spelling, of an entry as sent. Always the same instance while the entry lives.
    /// </summary>
    internal string? Name => _name;

    /// <summary>The name as sent.</summary>
    internal ReadOnlySpan<byte> NameBytes { get; }

    /// <summary>The value as sent.</summary>
    internal ReadOnlySpan<byte> Value { get; }

    /// <summary>The entry that is this field, name and value: from either table, or just inserted.</summary>
    internal HpackEntry? Entry { get; }

    /// <summary>The field, whose value has no blank at an end; as in HTTP/1.1, where they are not part of it.</summary>
    internal HpackField Trimmed => IsBlank(Value, 0) || IsBlank(Value, Value.Length - 1)
        ? new HpackField(this, Value.Trim(" \t"u8))
        : this;

    /// <summary>The sender forbids to compress the value, whoever passes it on (RFC 7541 §7.1.3).</summary>
    internal bool IsNeverIndexed { get; }

    private static bool IsBlank(ReadOnlySpan<byte> value, int index) =>
        (uint)index < (uint)value.Length && (value[index] is (byte)' ' or (byte)'\t');
}
