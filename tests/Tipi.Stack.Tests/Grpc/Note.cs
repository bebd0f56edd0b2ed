using System.Buffers.Binary;
using System.Text;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>The only message of <c>camp.proto</c>, written and read by hand as protobuf has it.</summary>
internal sealed record Note(string Text, int Count, byte[] Load)
{
    private const int TextTag = 1 << 3 | 2, CountTag = 2 << 3, LoadTag = 3 << 3 | 2;

    internal static readonly Note Empty = new("", 0, []);

    internal static Note Parse(ReadOnlySpan<byte> bytes)
    {
        Note note = Empty;
        while (bytes.Length > 0)
        {
            int tag = ReadNumber(ref bytes);
            int value = ReadNumber(ref bytes);
            if (tag == CountTag) note = note with { Count = value };
            else if (tag == TextTag) note = note with { Text = Encoding.UTF8.GetString(Take(ref bytes, value)) };
            else if (tag == LoadTag) note = note with { Load = Take(ref bytes, value).ToArray() };
            else throw new InvalidDataException($"The note has a field with the tag {tag}.");
        }
        return note;
    }

    /// <summary>The message with its prefix: not compressed, four bytes of length.</summary>
    internal byte[] ToFrame()
    {
        byte[] text = Encoding.UTF8.GetBytes(Text);
        using var frame = new MemoryStream(Load.Length + text.Length + 32);
        frame.Write(stackalloc byte[5]);
        WriteNumber(frame, TextTag);
        WriteNumber(frame, text.Length);
        frame.Write(text);
        WriteNumber(frame, CountTag);
        WriteNumber(frame, Count);
        WriteNumber(frame, LoadTag);
        WriteNumber(frame, Load.Length);
        frame.Write(Load);
        byte[] bytes = frame.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), bytes.Length - 5);
        return bytes;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        ReadOnlySpan<byte> taken = bytes[..count];
        bytes = bytes[count..];
        return taken;
    }

    private static int ReadNumber(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0;
        for (var shift = 0; ; shift += 7)
        {
            byte next = Take(ref bytes, 1)[0];
            value |= (next & 0x7f) << shift;
            if (next < 0x80) return value;
        }
    }

    private static void WriteNumber(MemoryStream frame, int value)
    {
        for (; value >= 0x80; value >>= 7) frame.WriteByte((byte)(value | 0x80));
        frame.WriteByte((byte)value);
    }
}
