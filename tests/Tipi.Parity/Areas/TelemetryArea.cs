using System.Collections.Concurrent;
using Tipi.Parity.Servers;
using Tipi.Parity.Telemetry;

namespace Tipi.Parity.Areas;

/// <summary>What is measured and logged of connections.</summary>
internal sealed class TelemetryArea : IArea
{
    private const int AtOnce = 8;
    private const string KestrelLogs = "Microsoft.AspNetCore.Server.Kestrel";
    private const string TipiLogs = "Tipi.Server";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly string[] s_categories = ["", ".BadRequests", ".Connections"];

    private static readonly int[] s_leftOut = [9, 10, 19, 39];

    public string Name => "Measurements and logs";

    public string Meaning =>
        "Measured: the values that the instruments got, with the tags of each and then the tags of all. Logged: level "
        + "and event id in the categories `…`, `….BadRequests` and `….Connections`, where … is "
        + "`Microsoft.AspNetCore.Server.Kestrel` or `Tipi.Server`; `-`: outside of a scope with `ConnectionId`. "
        + "Left out: Kestrel's 9, 10 and 39 of `….Connections`, lines of each request and connection that Tipi does "
        + "not write, and 19, a reset, which the transport has there.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new ConcurrentDictionary<string, (string Measured, string Logged)>();
        await Parallel.ForEachAsync(
            Lives.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (life, _) => values[life.Name] = await LiveAsync(subject, life));
        var rows = Lives.All.Select(life => ($"measured: {life.Name}", values[life.Name].Measured))
            .Concat(Lives.All.Select(life => ($"logged: {life.Name}", values[life.Name].Logged)));
        return rows.ToDictionary(row => row.Item1, row => row.Item2);
    }

    private static async Task<(string Measured, string Logged)> LiveAsync(Subject subject, Life life)
    {
        string path = Path.Combine(Path.GetTempPath(), $"parity-{Guid.NewGuid():N}.sock");
        await using SubjectServer server = await SubjectServer.StartAsync(
            subject, life.Settings(path), LifeApplication.RunAsync);
        using var measurements = new Measurements(server);
        string[] ports = [.. server.Addresses.Select(PortOf).OfType<string>()];
        int before = server.Logs.Count();
        await life.Client(server);
        if (!life.EndsByStop) await SettleAsync(measurements);
        await server.StopAsync(life.Patience);
        await SettleAsync(measurements);
        return (measurements.Show(Clean), ShowLogs(server.Logs.Skip(before)));

        string Clean(string text) => ports.Aggregate(
            text.Replace(path, "S", StringComparison.Ordinal),
            (one, port) => one.Replace($"server.port={port}", "server.port=P", StringComparison.Ordinal));
    }

    private static string? PortOf(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out Uri? url) && url.Port > 0 ? $"{url.Port}" : null;

    private static async Task SettleAsync(Measurements measurements)
    {
        using var source = new CancellationTokenSource(s_patience);
        while (!measurements.IsSettled && !source.IsCancellationRequested) await Task.Delay(20);
    }

    private static string ShowLogs(IEnumerable<LogLine> lines) => string.Join(", ",
        from line in lines
        let category = Suffix(line.Category)
        where category is not null
        let isOfConnection = category == ".Connections"
        where !isOfConnection || !s_leftOut.Contains(line.Id.Id)
        let text = $"{category.TrimStart('.')} {line.Level} {line.Id.Id}".TrimStart()
            + (line.ConnectionId is null && !isOfConnection ? " -" : "")
        group text by text into same
        orderby same.Key
        select same.Count() > 1 ? $"{same.Key} ×{same.Count()}" : same.Key);

    private static string? Suffix(string category) => s_categories.FirstOrDefault(
        suffix => category == KestrelLogs + suffix || category == TipiLogs + suffix);
}
