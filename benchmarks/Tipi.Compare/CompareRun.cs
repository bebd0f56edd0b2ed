using Tipi.Compare.Machine;
using Tipi.Compare.Peers;
using Tipi.Compare.Report;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare;

/// <summary>One run of the whole comparison, from the check of what is installed to the written reports.</summary>
internal sealed class CompareRun(CompareOptions options)
{
    private static readonly ExternalTool[] Required = [ExternalTool.Taskset, ExternalTool.Ip];

    private bool TakesDefaultServers => options.Servers.SequenceEqual(PeerCatalog.Default);

    /// <summary>Why the run cannot begin, or null.</summary>
    public string? Complaint()
    {
        var missing = Required.Where(tool => !tool.IsInstalled)
            .Concat(ScenarioCatalog.All.Where(_ => options.Scenarios.Count > 0).Where(IsAsked)
                .Select(scenario => scenario.Tool).OfType<ExternalTool>().Distinct()
                .Where(tool => !tool.IsInstalled))
            .Concat(Asked.Select(peer => peer.Tool).OfType<ExternalTool>()
                .Where(tool => !tool.IsInstalled && !TakesDefaultServers))
            .Select(tool => tool.Remedy);
        var unknown = options.Servers.Except(PeerCatalog.All.Select(peer => peer.Name))
            .Select(name => $"There is no server '{name}'.")
            .Concat(options.Scenarios.Where(name => !ScenarioCatalog.All.Any(scenario => Matches(scenario, name)))
                .Select(name => $"There is no scenario '{name}'."));
        var complaints = missing.Concat(unknown).ToList();
        if (options.AppProgram is { } app && !File.Exists(app)) complaints.Add($"There is no program '{app}'.");
        if (AppContext.BaseDirectory.Contains("/Debug/", StringComparison.Ordinal))
            complaints.Add("A Debug build measures nothing: run it with -c Release.");
        return complaints.Count == 0 ? null : string.Join('\n', complaints);
    }

    public async Task<int> RunAsync()
    {
        var machine = MachineFacts.Read(PrivateNetwork.Prepare());
        await using var bench = new Bench(options);
        var peers = Asked.Where(peer => peer.Tool is not { IsInstalled: false }).ToList();
        foreach (var absent in Asked.Except(peers))
            Console.WriteLine($"Without {absent.Name}: {absent.Tool!.Remedy}");
        Console.WriteLine($"{machine}\n{Method}\n");

        var comparison = new Comparison(peers, bench);
        var tables = new List<Table>();
        foreach (var scenario in ScenarioCatalog.All.Where(IsAsked))
        {
            if (scenario.Tool is { IsInstalled: false } absent)
            {
                Console.WriteLine($"Without {scenario.Name}: {absent.Remedy}");
                continue;
            }

            var table = await comparison.RunAsync(scenario, ShowProgress);
            ShowProgress("");
            ConsoleReport.Write(table);
            tables.Add(table);
            await SaveAsync(machine, tables);
        }

        return tables.Any(table => table.Rows.Any(row => row.Failure is not null)) ? 1 : 0;
    }

    private string Method =>
        $"Server on CPU {options.ServerCpus}, client on CPU {options.ClientCpus}; {options.Rounds} rounds of " +
        $"{options.Seconds} s, each server warmed before until its CPU a request has not improved by more than 3 % " +
        $"over three windows of 5 s and its compiler hardly works, or for {options.WarmupSeconds} s; servers " +
        "interleaved and started anew each round; medians, in parentheses the median of the rounds' ratios to " +
        "Kestrel. CPU: run time of all the server's threads divided by the good answers. Others busy: CPU that " +
        "neither server nor client used, 100 % being one CPU; where it is not near 0 % the figures are noise.";

    private List<IPeer> Asked =>
        [.. options.Servers.SelectMany(name => PeerCatalog.All.Where(peer => peer.Name == name))];

    private bool IsAsked(IScenario scenario) =>
        options.Scenarios.Count == 0 || options.Scenarios.Any(name => Matches(scenario, name));

    // "plaintext" asks for plaintext-1, plaintext-8 and so on.
    private static bool Matches(IScenario scenario, string name) =>
        scenario.Name == name || scenario.Name.StartsWith(name + "-", StringComparison.Ordinal);

    private async Task SaveAsync(MachineFacts machine, IReadOnlyList<Table> tables)
    {
        if (options.JsonFile is { } json)
            await File.WriteAllTextAsync(json, JsonReport.Write(machine, Method, tables));
        if (options.MarkdownFile is { } markdown)
            await File.WriteAllTextAsync(markdown, MarkdownReport.Write(machine, Method, tables));
    }

    private static void ShowProgress(string text)
    {
        if (!Console.IsErrorRedirected)
            Console.Error.Write($"\r{text,-79}\r{text}");
    }
}
