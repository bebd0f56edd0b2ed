using System.Globalization;
using System.Text;
using Tipi.Compare.Machine;

namespace Tipi.Compare.Report;

/// <summary>All tables as Markdown: a summary by each scenario's first column, then every figure.</summary>
internal static class MarkdownReport
{
    public static string Write(MachineFacts machine, string method, IReadOnlyList<Table> tables)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{machine}.\n\n{method}\n\n");
        WriteSummary(text, tables);
        foreach (var table in tables)
            WriteTable(text, table);
        return text.ToString();
    }

    private static void WriteSummary(StringBuilder text, IReadOnlyList<Table> tables)
    {
        var servers = tables.SelectMany(table => table.Rows).Select(row => row.Server).Distinct().ToList();
        Line(text, ["scenario", "figure", .. servers, "goal"]);
        Line(text, ["---", "---", .. servers.Select(_ => "--:"), "---"]);
        foreach (var table in tables)
        {
            var metric = table.Scenario.Goal?.Metric ?? table.Scenario.Metrics[0];
            var cells = servers.Select(server => table.Rows.FirstOrDefault(row => row.Server == server) switch
            {
                null => "",
                { Failure: not null } => "failed",
                var row => table.Cell(row, metric),
            });
            Line(text, [table.Scenario.Name, metric.Title, .. cells, table.Verdict ?? ""]);
        }

        text.Append('\n');
    }

    private static void WriteTable(StringBuilder text, Table table)
    {
        var columns = table.Columns.ToList();
        text.Append(CultureInfo.InvariantCulture, $"**{table.Scenario.Name}**: {table.Scenario.Title}\n\n");
        Line(text, ["server", .. columns.Select(metric => metric.Title)]);
        Line(text, ["---", .. columns.Select(_ => "--:")]);
        foreach (var row in table.Rows)
        {
            Line(text, row.Failure is { } failure
                ? [$"{row.Server}: failed, {failure.Replace('|', '/').ReplaceLineEndings(" ")}"]
                : [row.Server, .. columns.Select(metric => table.Cell(row, metric))]);
        }

        text.Append('\n');
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
