using System.CommandLine;
using Tipi.Compare.Load;
using Tipi.Compare.Peers;
using Tipi.Compare.Scenarios;
using Tipi.Compare.Siege;

namespace Tipi.Compare;

/// <summary>The command line's options and what they become.</summary>
internal sealed class CommandLine
{
    private readonly Option<string[]> _attacks = Names("--only", [],
        "Attacks to run, all without it; h1, h2 and tls stand for all of a kind: " +
        string.Join(", ", AttackCatalog.All.Select(attack => attack.Name)));

    private readonly Option<string[]> _besieged = Names("--servers", ["tipi", "kestrel"], "Servers to attack.");
    private readonly Option<int?> _attackSeconds =
        new("--seconds") { Description = "Seconds of each attack, instead of its own." };

    private readonly Option<int?> _connections =
        new("--connections") { Description = "Connections of each attack, instead of its own number." };

    private readonly Option<bool> _defaults =
        new("--defaults") { Description = "Keep the servers' default limits, most of which take longer to act." };

    private readonly Option<int> _rounds = Number("--rounds", 5, "Rounds; every server is started anew in each.");
    private readonly Option<int> _seconds = Number("--seconds", 3, "Seconds measured in a round.");
    private readonly Option<int> _warmup = Number(
        "--warmup", 120, "Most seconds of the same load before that; it ends when the server is warm.");
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

    private readonly Option<FileInfo?> _app = new("--app")
    {
        Description = "Another build of the application's program, as one published with ReadyToRun.",
    };

    private readonly Option<string?> _json = new("--json") { Description = "Write every figure to this file." };

    private readonly Option<string?> _markdown =
        new("--markdown") { Description = "Write the tables to this file, as Markdown." };

    /// <summary>The command; <paramref name="run"/> and <paramref name="besiege"/> give its exit code.</summary>
    public RootCommand Build(Func<CompareOptions, Task<int>> run, Func<SiegeOptions, Task<int>> besiege)
    {
        var command = new RootCommand("Runs one application on several servers and compares what a request costs.")
        {
            _rounds, _seconds, _warmup, _idleSeconds, _scenarios, _servers,
            _serverCpus, _clientCpus, _port, _app, _json, _markdown,
        };
        command.SetAction((parsed, _) => run(Read(parsed)));
        command.Subcommands.Add(SiegeCommand(besiege));
        command.Subcommands.Add(ClientCommand());
        return command;
    }

    private Command SiegeCommand(Func<SiegeOptions, Task<int>> besiege)
    {
        _attacks.Aliases.Add("--attack");
        var command = new Command("siege", "Attacks servers and shows how a well-behaved client fares meanwhile.")
        {
            _attacks, _besieged, _attackSeconds, _connections, _defaults, _markdown,
        };
        command.SetAction((parsed, _) => besiege(new SiegeOptions(
            Split(parsed.GetValue(_attacks)), Split(parsed.GetValue(_besieged)),
            parsed.GetValue(_attackSeconds), parsed.GetValue(_connections))
        {
            Defaults = parsed.GetValue(_defaults),
            MarkdownFile = parsed.GetValue(_markdown),
        }));
        return command;
    }

    // What this program starts as a client; not for people.
    private static Command ClientCommand()
    {
        var driver = new Argument<string>("driver");
        var port = new Argument<int>("port");
        var connections = new Argument<int>("connections");
        var command = new Command(ClientProgram.Command) { driver, port, connections };
        command.Hidden = true;
        command.SetAction(parsed => ClientProgram.Run(
            parsed.GetValue(driver)!, parsed.GetValue(port), parsed.GetValue(connections)));
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
        AppProgram = parsed.GetValue(_app)?.FullName,
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
