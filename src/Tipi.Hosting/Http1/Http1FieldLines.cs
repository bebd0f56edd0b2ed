using System.Text;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>Between field lines and the table of a message.</summary>
internal static class Http1FieldLines
{
    /// <summary>Writes all fields but Content-Length, or returns false when there is too little space.</summary>
    internal static bool TryWrite(ref Http1HeadWriter writer, HeaderTable table)
    {
        foreach (ref readonly HeaderTable.Field field in table.Fields)
        {
            for (int i = 0; i < field.Value.Count; i++)
            {
                if (field.Value[i] is not { } value) continue;
                if (table.HasEncoded && !Ascii.IsValid(value)) value = Encoded(table, field.Name, value);
                if (!writer.TryWriteField(field.Name, value)) return false;
            }
        }
        return true;
    }

    /// <summary>Adds received lines to a table, or finds one whose value is not text.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="bytes">What they were parsed from.</param>
    /// <param name="text">Makes strings of bytes.</param>
    /// <param name="table">Gets the fields.</param>
    /// <param name="lengthName">The name under which Content-Length is kept; null: it is not.</param>
    internal static ProtocolErrorCode Load(
        FieldSection lines, ReadOnlySpan<byte> bytes, ReceivedText text, HeaderTable table, string? lengthName)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            ref readonly FieldLine line = ref lines[i];
            string? name = line.Known switch
            {
                KnownField.Unknown => text.Get(line.Name(bytes)),
                KnownField.ContentLength => lengthName,
                _ => FieldNames.GetName(line.Known),
            };
            if (name is null) continue;
            if (!text.TryGetValue(name, line.Value(bytes), out string value))
                return ProtocolErrorCode.InvalidFieldEncoding;
            table.AddReceived(name, value);
        }
        return ProtocolErrorCode.None;
    }

    /// <summary>The bytes of a value as the characters that the writer takes for them.</summary>
    private static string Encoded(HeaderTable table, string name, string value) =>
        Encoding.Latin1.GetString((table.EncodingOf(name) ?? Encoding.ASCII).GetBytes(value));
}
