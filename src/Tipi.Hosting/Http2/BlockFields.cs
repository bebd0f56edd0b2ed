using System.Text;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The fields of a block that can be encoded: they fit, and what is beyond ASCII is bytes already. Made in the
/// application's own call, so that what fails there, its encodings among them, fails its response and nothing else:
/// once a block is begun, its rows are in the table that the peer follows.
/// </summary>
internal readonly struct BlockFields
{
    /// <summary>Bytes of a block. Beyond is a mistake of the application.</summary>
    internal const int LargestSize = 1024 * 1024;

    /// <summary>Bytes for what is not in the table: updates of its size, :status and the server's own fields.</summary>
    private const int ReservedSize = 256;

    /// <summary>Bytes that a field may take beside its name and value: an index and two lengths.</summary>
    private const int FieldOverhead = 16;

    private readonly List<byte[]>? _encoded;

    /// <exception cref="InvalidOperationException">They are too large.</exception>
    internal BlockFields(HeaderTable table)
    {
        Table = table;
        long size = ReservedSize;
        foreach (ref readonly HeaderTable.Field field in table.Fields)
        {
            for (int i = 0; i < field.Value.Count; i++)
            {
                if (field.Value[i] is not { } value) continue;
                int length = value.Length;
                if (table.HasEncoded && !Ascii.IsValid(value))
                {
                    byte[] encoded = (table.EncodingOf(field.Name) ?? Encoding.ASCII).GetBytes(value);
                    (_encoded ??= []).Add(encoded);
                    length = encoded.Length;
                }
                size += FieldOverhead + field.Name.Length + length;
            }
        }
        if (size > LargestSize) throw new InvalidOperationException("The response's headers are larger than 1 MiB.");
    }

    internal HeaderTable Table { get; }

    /// <summary>The values beyond ASCII, in the table's order.</summary>
    internal IReadOnlyList<byte[]> Encoded => _encoded ?? [];
}
