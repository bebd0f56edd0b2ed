using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>
/// An entry of the static table or of a decoder's dynamic one. Its bytes never change, so that whoever holds it may go
/// on doing so after it was evicted.
/// </summary>
internal sealed class HpackEntry
{
    /// <summary>What an entry costs beside its bytes, RFC 7541 §4.1.</summary>
    internal const int Overhead = 32;

    private HpackEntry(string name, KnownField known, byte[] nameBytes, byte[] value)
    {
        Name = name;
        Known = known;
        NameBytes = nameBytes;
        Value = value;
    }

    /// <summary>The name as the application gets it: a known field's in its usual spelling, another as sent.</summary>
    internal string Name { get; }

    /// <summary>The field when its name is known and sent in lower case.</summary>
    internal KnownField Known { get; }

    /// <summary>The name as sent.</summary>
    internal byte[] NameBytes { get; }

    /// <summary>The value as sent.</summary>
    internal byte[] Value { get; }

    /// <summary>
    /// Room for whoever reads fields to keep what it made of the value. Entries of the static table are everybody's:
    /// threads may write there at once, so it must be equal whoever makes it.
    /// </summary>
    internal object? Text { get; set; }

    /// <summary>Bytes by which it counts, RFC 7541 §4.1.</summary>
    internal int Size => NameBytes.Length + Value.Length + Overhead;

    /// <summary>An entry with a name of its own; that of a known field is not copied.</summary>
    internal static HpackEntry Create(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        KnownField known = LowerNames.Find(name);
        return known != KnownField.Unknown
            ? new HpackEntry(FieldNames.GetName(known), known, LowerNames.Get(known), value.ToArray())
            : new HpackEntry(Encoding.Latin1.GetString(name), known, name.ToArray(), value.ToArray());
    }

    /// <summary>An entry with this one's name, which both then share.</summary>
    internal HpackEntry With(ReadOnlySpan<byte> value) => new(Name, Known, NameBytes, value.ToArray());
}
