using System.Collections;
using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>The fields of a message as text, in order. Bytes from 0x80 become U+0080 to U+00FF.</summary>
public sealed class Http1Fields : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly KeyValuePair<string, string>[] _fields;

    private Http1Fields(KeyValuePair<string, string>[] fields) => _fields = fields;

    /// <summary>No fields.</summary>
    public static Http1Fields Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _fields.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => _fields[index];

    /// <summary>The value of a field by name in any case; several joined by commas; null when there is none.</summary>
    public string? this[string name]
    {
        get
        {
            string? found = null;
            foreach ((string key, string value) in _fields)
            {
                if (!string.Equals(key, name, StringComparison.OrdinalIgnoreCase)) continue;
                found = found is null ? value : found + ", " + value;
            }

            return found;
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _fields.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal static Http1Fields From(ReadOnlySpan<byte> data, FieldSection? section)
    {
        if (section is null || section.Count == 0) return Empty;
        var fields = new KeyValuePair<string, string>[section.Count];
        for (int i = 0; i < fields.Length; i++)
        {
            ref readonly FieldLine line = ref section[i];
            string name = line.Known != KnownField.Unknown
                ? FieldNames.GetName(line.Known)
                : Encoding.ASCII.GetString(line.Name(data));
            fields[i] = new(name, Encoding.Latin1.GetString(line.Value(data)));
        }

        return new Http1Fields(fields);
    }
}
