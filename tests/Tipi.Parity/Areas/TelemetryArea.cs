using System.Collections.Concurrent;
using Tipi.Parity.Servers;
using Tipi.Parity.Telemetry;

namespace Tipi.Parity.Areas;

/// <summary>What is measured and logged of connections.</summary>
internal sealed class TelemetryArea : IArea
{
    private const int AtOnce = 8;
    private const string KestrelLogs = "Microsoft.AspNetCore.Server.Kestrel";
    private const string KestrelTls = $"{KestrelLogs}.Https.Internal.HttpsConnectionMiddleware";
    private const string TipiLogs = "Tipi.Server";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private static readonly string[] s_categories = ["", ".BadRequests", ".Connections", ".Tls", ".Http2"];
    private static readonly int[] s_faultsOfHttp2 = [29, 30];

    private static readonly int[] s_leftOut = [9, 10, 19, 39];

    public string Name => "Measurements and logs";

    public string Meaning =>
        "Measured: the values of the instruments, with the tags of each and then the tags of all. Logged: level "
        + "and event id in the categories `…`, `….BadRequests` and `….Connections`, where … is "
        + "`Microsoft.AspNetCore.Server.Kestrel` or `Tipi.Server`; `-`: outside of a scope with `ConnectionId`. "
        + "Omitted: Kestrel's 9, 10 and 39 of `….Connections`, lines of each request and connection that Tipi does "
        + "not write, and 19, a reset, which the transport logs there. Tls: Kestrel's category "
        + "`HttpsConnectionMiddleware`, and `Tipi.Server.Tls`. Http2: 29 and 30, errors of the connection and of a "
        + "stream, in Kestrel's `….Http2` and in Tipi's `….BadRequests`.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new ConcurrentDictionary<string, (string Measured, string Logged)>();
        await Parallel.ForEachAsync(
            Lives.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (life, _) => values[life.Name] = await LiveAsync(subject, life));
        var rows = Lives.All.Select(life => ($"measured: {life.Name}", values[life.Name].Measured))
            .Concat(Lives.All.Where(life => life.IsLoggedAlike)
                .Select(life => ($"logged: {life.Name}", values[life.Name].Logged)));
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
        let category = CategoryOf(line)
        where category is not null
        let isOfConnection = category == ".Connections"
        where !isOfConnection || !s_leftOut.Contains(line.Id.Id)
        let text = $"{category.TrimStart('.')} {line.Level} {line.Id.Id}".TrimStart()
            + (line.ConnectionId is null && !isOfConnection ? " -" : "")
        group text by text into same
        orderby same.Key
        select same.Count() > 1 ? $"{same.Key} ×{same.Count()}" : same.Key);

    private static string? CategoryOf(LogLine line)
    {
        if (line.Category == KestrelTls) return ".Tls";
        string? suffix = s_categories.FirstOrDefault(
            suffix => line.Category == KestrelLogs + suffix || line.Category == TipiLogs + suffix);
        bool isFault = s_faultsOfHttp2.Contains(line.Id.Id);
        if (suffix == ".Http2") return isFault ? suffix : null;
        return suffix == ".BadRequests" && isFault ? ".Http2" : suffix;
    }
}
