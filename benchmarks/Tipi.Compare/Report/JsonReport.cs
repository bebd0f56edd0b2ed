using System.Text.Json;
using System.Text.Json.Nodes;
using Tipi.Compare.Machine;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Report;

/// <summary>Everything that was measured, round by round, for programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Write(MachineFacts machine, string method, IReadOnlyList<Table> tables) => new JsonObject
    {
        ["machine"] = JsonSerializer.SerializeToNode(machine, JsonSerializerOptions.Web),
        ["method"] = method,
        ["scenarios"] = new JsonArray([.. tables.Select(Describe)]),
    }.ToJsonString(Indented);

    private static JsonObject Describe(Table table) => new()
    {
        ["name"] = table.Scenario.Name,
        ["title"] = table.Scenario.Title,
        ["verdict"] = table.Verdict,
        ["servers"] = new JsonArray([.. table.Rows.Select(row => Describe(table, row))]),
    };

    private static JsonObject Describe(Table table, Row row) => new()
    {
        ["server"] = row.Server,
        ["failure"] = row.Failure,
        ["median"] = Figures(table, row.Median),
        ["ratio"] = table.Reference is { } reference
            ? Figures(table, metric => row.RatioTo(reference, metric))
            : null,
        ["rounds"] = new JsonArray(
            [.. row.Rounds.Select(round => round is null ? null : Figures(table, metric => round[metric]))]),
    };

    private static JsonObject Figures(Table table, Func<Metric, double?> figure) =>
        new(table.Scenario.Metrics.Select(metric =>
            KeyValuePair.Create(metric.Key, (JsonNode?)figure(metric))));
}
