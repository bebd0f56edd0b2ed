using System.Text;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>Encodes the fields of a table as lines.</summary>
internal static class Http1FieldLines
{
    /// <summary>Writes all fields but Content-Length, or returns false when there is too little space.</summary>
    internal static bool TryWrite(ref Http1HeadWriter writer, HeaderTable table)
    {
        foreach (ref readonly HeaderTable.Field field in table.Fields)
        {
            for (int i = 0; i < field.Value.Count; i++)
            {
                string value = field.Value[i] ?? "";
                if (table.HasEncoded && !Ascii.IsValid(value)) value = Encoded(table, field.Name, value);
                if (!writer.TryWriteField(field.Name, value)) return false;
            }
        }
        return true;
    }

    /// <summary>The bytes of a value as the characters that the writer takes for them.</summary>
    private static string Encoded(HeaderTable table, string name, string value) =>
        Encoding.Latin1.GetString((table.EncodingOf(name) ?? Encoding.ASCII).GetBytes(value));
}
