using System.Globalization;
using System.Text;

namespace Tipi.Parity.Report;

/// <summary>The comparison as Markdown.</summary>
internal static class Document
{
    internal static string Write(IReadOnlyList<ParityRow> rows)
    {
        var text = new StringBuilder();
        int different = rows.Count(row => !row.IsSame);
        text.Append(CultureInfo.InvariantCulture, $"""
            # Tipi beside Kestrel

            Made by `dotnet run --project tests/Tipi.Parity`, which boots the same app on Kestrel and on Tipi, over
            io_uring and over sockets, and compares. `tests/Tipi.Parity.Tests` fails when a row differs without a
            reason, when a reason is no longer needed, and when this text is not what the program writes.

            {rows.Count} rows; {rows.Count - different} the same, {different} different on purpose.


            """);
        foreach (IArea area in ParityRun.Areas.Where(area => rows.Any(row => row.Area == area.Name)))
            WriteArea(text, area, [.. rows.Where(row => row.Area == area.Name)]);
        return text.ToString().TrimEnd() + "\n";
    }

    private static void WriteArea(StringBuilder text, IArea area, IReadOnlyList<ParityRow> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"## {area.Name}\n\n{area.Meaning}\n\n");
        WriteDifferences(text, [.. rows.Where(row => !row.IsSame)]);
        text.Append("| | the same |\n|---|---|\n");
        foreach (ParityRow row in rows.Where(row => row.IsSame))
            text.Append(CultureInfo.InvariantCulture, $"| {Cell(row.Name)} | {Cell(row.Kestrel)} |\n");
        text.Append('\n');
    }

    private static void WriteDifferences(StringBuilder text, IReadOnlyList<ParityRow> rows)
    {
        if (rows.Count == 0) return;
        text.Append("| | Kestrel | Tipi | why |\n|---|---|---|---|\n");
        foreach (ParityRow row in rows)
        {
            string reason = Differences.ReasonOf(row) ?? "**unexplained**";
            text.Append(CultureInfo.InvariantCulture,
                $"| {Cell(row.Name)} | {Cell(row.Kestrel)} | {Cell(row.Tipi)} | {Cell(reason)} |\n");
        }
        text.Append('\n');
    }

    private static string Cell(string value)
    {
        var text = new StringBuilder();
        foreach (char c in value)
        {
            if (c is '|' or '*' or '_' or '<' or '`' or '\\') text.Append('\\').Append(c);
            else if (char.IsControl(c)) text.Append(CultureInfo.InvariantCulture, $"‹{(int)c:X2}›");
            else text.Append(c);
        }
        return text.ToString();
    }
}
