using System.Globalization;
using System.Text;

namespace Tipi.Hosting.Diagnostics;

/// <summary>Bytes as they are shown in a log, when a log shows them: 16 a line, as numbers and as text.</summary>
internal sealed class HexDump(byte[] bytes)
{
    private const int BytesALine = 16;

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (byte[] line in bytes.Chunk(BytesALine))
        {
            if (text.Length > 0) text.Append('\n');
            foreach (byte one in line) text.Append(CultureInfo.InvariantCulture, $"{one:X2} ");
            text.Append(' ', (BytesALine - line.Length) * 3 + 1);
            foreach (byte one in line) text.Append(one is >= 0x20 and < 0x7F ? (char)one : '.');
        }
        return text.ToString();
    }
}
