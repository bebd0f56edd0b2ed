using System.CommandLine;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare;

/// <summary>The command line's options and what they become.</summary>
internal sealed class CommandLine
{
    private readonly Option<int> _rounds = Number("--rounds", 5, "Rounds; every server is started anew in each.");
    private readonly Option<int> _seconds = Number("--seconds", 3, "Seconds measured in a round.");
    private readonly Option<int> _warmup = Number("--warmup", 5, "Seconds of the same load before that.");
    private readonly Option<int> _idleSeconds =
        Number("--idle-seconds", 60, "Seconds that idle connections stay idle.");


    private readonly Option<int> _port = Number("--port", 5200, "First of 64 loopback ports to use.");

    private readonly Option<string[]> _scenarios = Names("--scenario", [],
        "Scenarios to run, all without it: " +
        string.Join(", ", ScenarioCatalog.All.Select(scenario => scenario.Name)));

    private readonly Option<string[]> _servers = Names("--servers", PeerCatalog.Default,
        "Servers to compare: " + string.Join(", ", PeerCatalog.All.Select(peer => peer.Name)));

    private readonly Option<string> _serverCpus =
        new("--server-cpus") { Description = "The server's CPUs.", DefaultValueFactory = _ => "0" };

    private readonly Option<string> _clientCpus =
        new("--client-cpus") { Description = "The client's CPUs.", DefaultValueFactory = _ => "1" };

    private readonly Option<string?> _json = new("--json") { Description = "Write every figure to this file." };

    private readonly Option<string?> _markdown =
        new("--markdown") { Description = "Write the tables to this file, as Markdown." };

    /// <summary>The command; <paramref name="run"/> gives its exit code.</summary>
    public RootCommand Build(Func<CompareOptions, Task<int>> run)
    {
        var command = new RootCommand("Runs one application on several servers and compares what a request costs.")
        {
            _rounds, _seconds, _warmup, _idleSeconds, _scenarios, _servers,
            _serverCpus, _clientCpus, _port, _json, _markdown,
        };
        command.SetAction((parsed, _) => run(Read(parsed)));
        return command;
    }

    private CompareOptions Read(ParseResult parsed) => new()
    {
        Rounds = parsed.GetValue(_rounds),
        Seconds = parsed.GetValue(_seconds),
        WarmupSeconds = parsed.GetValue(_warmup),
        IdleSeconds = parsed.GetValue(_idleSeconds),
        Scenarios = Split(parsed.GetValue(_scenarios)),
        Servers = Split(parsed.GetValue(_servers)),
        ServerCpus = parsed.GetValue(_serverCpus)!,
        ClientCpus = parsed.GetValue(_clientCpus)!,
        FirstPort = parsed.GetValue(_port),
        JsonFile = parsed.GetValue(_json),
        MarkdownFile = parsed.GetValue(_markdown),
    };

    private static string[] Split(string[]? names) =>
        [.. (names ?? []).SelectMany(name => name.Split(',', StringSplitOptions.RemoveEmptyEntries)).Distinct()];

    private static Option<int> Number(string name, int value, string description) =>
        new(name) { Description = description, DefaultValueFactory = _ => value };

    private static Option<string[]> Names(string name, string[] values, string description) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => values,
        AllowMultipleArgumentsPerToken = true,
    };
}
