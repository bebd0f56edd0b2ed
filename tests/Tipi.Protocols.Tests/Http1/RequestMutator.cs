using System.Text;
using Tipi.Tests.Cases;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>Makes requests that are nearly right: a case of the table, changed in a few places.</summary>
internal sealed class RequestMutator(Random random)
{
    private const int LongestCase = 1000;

    private static readonly byte[][] s_cases = RequestCases.All
        .Select(one => one.Bytes).Where(bytes => bytes.Length <= LongestCase).ToArray();

    private static readonly byte[][] s_words = new[]
    {
        "\r\n", "\r", "\n", "\r\n\r\n", "\0", " ", "\t", ":", ",", ";", "=", "\"", "\\", "/", "?", "#", "%", "%41", "*",
        "..", "[", "]", "::", "\u0080", "\u00FF", "\u007F", "0", "1", "5", "a", "F", "00000000", "ffffffffffffffff",
        "9223372036854775807", "GET ", "POST ", "CONNECT ", "OPTIONS ", " HTTP/1.1", " HTTP/1.0", " HTTP/1.2",
        "http://a",
        "Host: a\r\n", "Host: b\r\n", "X: y\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n",
        "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n", "Connection: close\r\n", "chunked", "gzip, ",
        "Expect: 100-continue\r\n", "Upgrade: x\r\n", "0\r\n\r\n", "5\r\nhello\r\n", ";a=b", ";a=\"b\"", "A: b\r\n",
    }.Select(Encoding.Latin1.GetBytes).ToArray();

    internal byte[] Next()
    {
        List<byte> bytes = [.. Pick(s_cases)];
        for (int changes = random.Next(5); changes > 0; changes--) Change(bytes);
        return [.. bytes];
    }

    /// <summary>Bytes that may follow a request.</summary>
    internal byte[] Tail()
    {
        byte[] tail = new byte[random.Next(40)];
        random.NextBytes(tail);
        return random.Next(2) == 0 ? tail : [.. Pick(s_words), .. tail];
    }

    /// <summary>A few rising positions, the last one the length.</summary>
    internal int[] Cuts(int length)
    {
        IEnumerable<int> cuts = Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(length + 1)).Order();
        return [.. cuts, length];
    }

    private void Change(List<byte> bytes)
    {
        int at = random.Next(bytes.Count + 1);
        int count = Math.Min(random.Next(1, 12), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0 or 1:
                bytes.InsertRange(at, Pick(s_words));
                break;
            case 2 when at < bytes.Count:
                bytes[at] = (byte)random.Next(256);
                break;
            case 3:
                bytes.RemoveRange(at, count);
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, count));
                break;
            case 5:
                byte[] other = Pick(s_cases);
                bytes.RemoveRange(at, bytes.Count - at);
                bytes.AddRange(other[random.Next(other.Length)..]);
                break;
            case 6:
                bytes.InsertRange(at, Enumerable.Repeat((byte)random.Next(256), random.Next(1, 80)));
                break;
        }
    }

    private byte[] Pick(byte[][] from) => from[random.Next(from.Length)];
}
