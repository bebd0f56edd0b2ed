using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Tipi.Tidy.Tests.Source;

namespace Tipi.Tidy.Tests.Compiled;

/// <summary>The table of instruments in docs/OPERATIONS.md is what a server has.</summary>
public sealed partial class InstrumentTableTests
{
    private const string Document = "docs/OPERATIONS.md";

    [Fact]
    public async Task The_table_is_what_a_server_has()
    {
        string[] rows = (await InstrumentsAsync())
            .OrderBy(one => one.Meter.Name, StringComparer.Ordinal).ThenBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => $"| {one.Meter.Name} | {one.Name} | {KindOf(one)} | {one.Unit} |")
            .ToArray();
        string document = Repository.Files.Single(file => file.Path == Document).Text;
        string[] listed = Row().Matches(document).Select(row => row.Groups[1].Value).ToArray();

        Assert.True(rows.SequenceEqual(listed), $"{Document} should begin the rows so:\n" + string.Join('\n', rows));
    }

    private static async Task<IReadOnlyList<Instrument>> InstrumentsAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTipi();
        await using WebApplication app = builder.Build();
        var factory = app.Services.GetRequiredService<IMeterFactory>();
        var found = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            // Only of this server: the process may have others.
            if (ReferenceEquals(instrument.Meter.Scope, factory)) found.Add(instrument);
        };
        listener.Start();
        Assert.Equal("TipiServer", app.Services.GetRequiredService<IServer>().GetType().Name);
        string[] own = ["Tipi.Server", "Microsoft.AspNetCore.Server.Kestrel"];
        return [.. found.Where(one => own.Contains(one.Meter.Name))];
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0];

    [GeneratedRegex(@"^(\| (?:Tipi\.Server|Microsoft[\w.]+) \|[^|]+\|[^|]+\|[^|]+\|)", RegexOptions.Multiline)]
    private static partial Regex Row();
}
