using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>The known fields' names as HTTP/2 sends them: in lower case (RFC 9113 §8.2).</summary>
internal static class LowerNames
{
    private static readonly byte[][] s_names = Enumerable.Range(0, FieldNames.Count)
        .Select(field => Encoding.ASCII.GetBytes(FieldNames.GetName((KnownField)field).ToLowerInvariant()))
        .ToArray();

    /// <summary>A known field's name.</summary>
    internal static byte[] Get(KnownField field) => s_names[(int)field];

    /// <summary>The known field whose name this is; one with capitals is unknown, since it must be refused.</summary>
    internal static KnownField Find(ReadOnlySpan<byte> name)
    {
        KnownField field = FieldNames.Find(name);
        return field != KnownField.Unknown && name.SequenceEqual(s_names[(int)field]) ? field : KnownField.Unknown;
    }
}
