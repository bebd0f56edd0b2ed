using System.Diagnostics.Tracing;
using System.Xml.Linq;
using Tipi.Parity.Servers;
using Tipi.Parity.Telemetry;

namespace Tipi.Parity.Areas;

/// <summary>What <c>dotnet-counters</c> and <c>dotnet-trace</c> see.</summary>
internal sealed class EventSourceArea : IArea
{
    private const string KestrelSource = "Microsoft-AspNetCore-Server-Kestrel";
    private const string TipiSource = "Tipi-Server";

    public string Name => "Event source";

    public string Meaning =>
        $"`{KestrelSource}` and `{TipiSource}`: each counter, and each event with number, level and arguments.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        string name = subject == Subject.Kestrel ? KestrelSource : TipiSource;
        await using SubjectServer server = await SubjectServer.StartAsync(
            subject, Settings.Defaults, static _ => Task.CompletedTask);
        // A source is made by its first connection.
        using (Wire wire = await server.ConnectAsync())
        {
            await wire.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            await wire.ReadAsync();
        }
        EventSource source = EventSource.GetSources().Single(one => one.Name == name);
        using var counters = new Counters(name);
        var values = new Dictionary<string, string>();
        foreach (var (counter, text) in (await counters.ReadAsync(source)).OrderBy(one => one.Key))
            values[$"counter: {counter}"] = text;
        foreach (var (title, text) in Events(source)) values[$"event: {title}"] = text;
        return values;
    }

    private static IEnumerable<(string Name, string Text)> Events(EventSource source)
    {
        XElement manifest = XElement.Parse(
            EventSource.GenerateManifest(source.GetType(), assemblyPathToIncludeInManifest: null)!);
        var templates = Of(manifest, "template").ToDictionary(
            one => (string)one.Attribute("tid")!,
            one => string.Join(", ", Of(one, "data").Select(
                data => $"{(string)data.Attribute("name")!} {((string)data.Attribute("inType")!).Split(':')[^1]}")));
        return
            from one in Of(manifest, "event")
            let template = (string?)one.Attribute("template")
            let arguments = template is null ? "" : templates[template]
            let level = ((string)one.Attribute("level")!).Split(':')[^1]
            select ((string)one.Attribute("symbol")!, $"{(string)one.Attribute("value")!}, {level}, ({arguments})");
    }

    private static IEnumerable<XElement> Of(XElement from, string name) =>
        from.Descendants().Where(one => one.Name.LocalName == name);
}
