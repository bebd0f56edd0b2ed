using Spectre.Console;

namespace Tipi.Compare.Report;

/// <summary>A scenario's table on the terminal.</summary>
internal static class ConsoleReport
{
    // Columns are not squeezed: on a narrower terminal the lines wrap, and a file gets them whole.
    private const int LeastWidth = 200;

    public static void Write(Table table)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, LeastWidth);
        var columns = table.Columns.ToList();
        var view = new Spectre.Console.Table().Border(TableBorder.Simple).AddColumn("server");
        foreach (var metric in columns)
            view.AddColumn(new TableColumn(Markup.Escape(metric.Title)).RightAligned());
        foreach (var row in table.Rows)
        {
            view.AddRow(
            [
                row.Failure is null ? row.Server : $"[red]{row.Server} failed[/]",
                .. columns.Select(metric => row.Failure is null ? Markup.Escape(table.Cell(row, metric)) : "–"),
            ]);
        }

        AnsiConsole.MarkupLine($"[bold]{Markup.Escape(table.Scenario.Name)}[/]: {Markup.Escape(table.Scenario.Title)}");
        AnsiConsole.Write(view);
        foreach (var row in table.Rows.Where(row => row.Failure is not null))
            AnsiConsole.MarkupLineInterpolated($"[red]{row.Server}: {row.Failure}[/]");
        if (table.Verdict is { } verdict)
            AnsiConsole.WriteLine(verdict);
        AnsiConsole.WriteLine();
    }
}
