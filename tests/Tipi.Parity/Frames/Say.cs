using System.Buffers.Binary;
using System.Text;

namespace Tipi.Parity.Frames;

/// <summary>Frames of a client, right and wrong.</summary>
internal static class Say
{
    internal const string Get = ":method: GET|:scheme: http|:path: /|:authority: a";
    internal const string SecureGet = ":method: GET|:scheme: https|:path: /|:authority: a";
    internal const string Post = ":method: POST|:scheme: http|:path: /|:authority: a";
    internal const string Hold = ":method: GET|:scheme: http|:path: /hold|:authority: a";

    private const int MostPayload = 16_384;

    internal static byte[] Preface => [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8];

    internal static byte[] Any(byte type, int flags, int stream, params byte[] payload) =>
        new Frame(type, (byte)flags, stream, payload).Bytes;

    /// <summary>A whole head; its fields stand between bars.</summary>
    internal static byte[] Headers(int stream, string fields = Get, bool end = true)
    {
        byte[] block = Block(fields);
        if (block.Length <= MostPayload) return Any(Frame.Headers, end ? 5 : 4, stream, block);
        var frames = new List<byte>(Any(Frame.Headers, end ? 1 : 0, stream, block[..MostPayload]));
        for (int at = MostPayload; at < block.Length; at += MostPayload)
        {
            int length = Math.Min(MostPayload, block.Length - at);
            bool isLast = at + length == block.Length;
            frames.AddRange(Any(Frame.Continuation, isLast ? 4 : 0, stream, block[at..(at + length)]));
        }
        return [.. frames];
    }

    internal static byte[] Data(int stream, string text, bool end = true) =>
        Any(Frame.Data, end ? 1 : 0, stream, Encoding.Latin1.GetBytes(text));

    internal static byte[] Reset(int stream, int code = 8) => Any(Frame.Reset, 0, stream, Number(code));

    internal static byte[] Grant(int stream, int bytes) => Any(Frame.WindowUpdate, 0, stream, Number(bytes));

    internal static byte[] Ping() => Any(Frame.Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);

    internal static byte[] Settings(params (int Id, int Value)[] settings) =>
        Any(Frame.Settings, 0, 0, [.. settings.SelectMany(one => (byte[])[0, (byte)one.Id, .. Number(one.Value)])]);

    internal static byte[] Number(int value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    /// <summary>Literals without a table.</summary>
    internal static byte[] Block(string fields)
    {
        var block = new List<byte>();
        foreach (string field in fields.Split('|'))
        {
            int colon = field.IndexOf(": ", StringComparison.Ordinal);
            block.Add(0);
            Add(block, field[..colon]);
            Add(block, field[(colon + 2)..]);
        }
        return [.. block];
    }

    private static void Add(List<byte> block, string text)
    {
        int length = text.Length;
        block.Add((byte)Math.Min(length, 127));
        if (length >= 127)
        {
            for (length -= 127; length >= 128; length >>= 7) block.Add((byte)(length & 127 | 128));
            block.Add((byte)length);
        }
        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
