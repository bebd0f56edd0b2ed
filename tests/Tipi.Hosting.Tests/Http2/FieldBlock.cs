using System.Text;
using Tipi.Protocols.Hpack;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Field blocks as text: written as literals without a table, read with the product's decoder.</summary>
internal static class FieldBlock
{
    /// <summary>Encodes lines of <c>name: value</c>, separated by bars.</summary>
    internal static byte[] Encode(string lines)
    {
        var block = new List<byte>();
        foreach (string line in lines.Split('|'))
        {
            int colon = line.IndexOf(": ", StringComparison.Ordinal);
            block.Add(0); // a literal that is not indexed, with a literal name
            Add(block, line[..colon]);
            Add(block, line[(colon + 2)..]);
        }

        return [.. block];
    }

    internal static IReadOnlyList<(string Name, string Value)> Decode(HpackDecoder decoder, byte[] block)
    {
        var sink = new Sink([]);
        Assert.Equal(HpackError.None, decoder.Decode(block, ref sink));
        return sink.Fields;
    }

    private static void Add(List<byte> block, string text)
    {
        int length = text.Length;
        if (length < 127)
        {
            block.Add((byte)length);
        }
        else
        {
            block.Add(127);
            for (length -= 127; length >= 128; length >>= 7) block.Add((byte)(length & 127 | 128));
            block.Add((byte)length);
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }

    private readonly struct Sink(List<(string Name, string Value)> fields) : IHpackSink
    {
        internal List<(string Name, string Value)> Fields { get; } = fields;

        public bool OnField(in HpackField field)
        {
            Fields.Add((Encoding.Latin1.GetString(field.NameBytes), Encoding.Latin1.GetString(field.Value)));
            return true;
        }
    }
}
