using System.Text;
using Tipi.Protocols.Hpack;

namespace Tipi.Protocols.Tests.Hpack;

/// <summary>A sink that writes fields down as <c>name: value</c>, up to a number of them.</summary>
internal readonly struct FieldList(int max = int.MaxValue) : IHpackSink
{
    private readonly List<string> _fields = [];

    internal IReadOnlyList<string> Fields => _fields;

    /// <summary>Decodes a block: its fields, or the error.</summary>
    internal static string Decode(HpackDecoder decoder, ReadOnlySpan<byte> block, int max = int.MaxValue)
    {
        var list = new FieldList(max);
        HpackError error = decoder.Decode(block, ref list);
        return error == HpackError.None ? string.Join('\n', list.Fields) : error.ToString();
    }

    /// <summary>The bytes of a dump in hexadecimal, with spaces and line breaks.</summary>
    internal static byte[] Bytes(string dump) =>
        Convert.FromHexString(string.Concat(dump.Where(char.IsAsciiHexDigit)));

    public bool OnField(in HpackField field)
    {
        Assert.True(_fields.Count < max, "Asked again after a refusal.");
        string never = field.IsNeverIndexed ? " (never indexed)" : "";
        _fields.Add($"{Encoding.Latin1.GetString(field.NameBytes)}: {Encoding.Latin1.GetString(field.Value)}{never}");
        return _fields.Count < max;
    }
}
