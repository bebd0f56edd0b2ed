using System.Buffers;
using System.Text;

namespace Tipi.Compare.Siege.Http2;

/// <summary>A field section by hand: HPACK's indexes and plain literals, without Huffman (RFC 7541 §6).</summary>
internal sealed class FieldBlock
{
    private const byte NoIndexing = 0;
    private const byte Indexing = 0x40;
    private const byte TableSize = 0x20;
    private const byte AuthorityName = 0x01;
    private const byte PathName = 0x04;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>A request's pseudo-header fields, after two changes of the dynamic table's size if wanted.</summary>
    public static FieldBlock Request(string path, bool isPost = false, bool isTls = false, bool resizes = false)
    {
        var block = new FieldBlock();
        if (resizes)
            block.Byte(TableSize).Byte(TableSize | 1);
        block.Indexed(isPost ? 3 : 2).Indexed(isTls ? 7 : 6);
        return block.Byte(PathName).Text(path).Byte(AuthorityName).Text("a");
    }

    /// <summary>A field of the static table or of the dynamic one, which begins at 62.</summary>
    public FieldBlock Indexed(int index) => Byte((byte)(0x80 | index));

    /// <summary>A field as it is, added to the dynamic table if wanted.</summary>
    public FieldBlock Field(string name, string value, bool indexes = false) =>
        Byte(indexes ? Indexing : NoIndexing).Text(name).Text(value);

    /// <summary>The same again and again.</summary>
    public FieldBlock Repeat(int count, Action<FieldBlock> field)
    {
        for (; count > 0; count--)
            field(this);
        return this;
    }

    private FieldBlock Byte(byte value)
    {
        _bytes.Write([value]);
        return this;
    }

    private FieldBlock Text(string text)
    {
        Length(text.Length);
        _bytes.Write(Encoding.Latin1.GetBytes(text));
        return this;
    }

    // RFC 7541 §5.1 with a prefix of 7 bits.
    private void Length(int length)
    {
        if (length < 127)
        {
            Byte((byte)length);
            return;
        }

        Byte(127);
        for (length -= 127; length >= 128; length >>= 7)
            Byte((byte)(length | 128));
        Byte((byte)length);
    }
}
