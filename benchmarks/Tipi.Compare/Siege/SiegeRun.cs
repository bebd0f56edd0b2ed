using System.Globalization;
using System.Text;
using Spectre.Console;
using Tipi.Compare.Machine;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Siege;

/// <summary>Runs each attack on each server, every time a new process, and prints what happened.</summary>
internal sealed class SiegeRun(SiegeOptions options)
{
    private const int FirstPort = 5300;
    private const string ServerCpus = "0";
    private const string ClientCpus = "1";
    private const int DescriptorsNeeded = 6000;

    private static readonly string[] Known = ["tipi", "tipi-sockets", "kestrel", "kestrel-uring"];

    /// <summary>Why it cannot run, or null.</summary>
    public string? Complaint()
    {
        if (options.Servers.Except(Known).FirstOrDefault() is { } server)
            return $"There is no server '{server}'; there are {string.Join(", ", Known)}.";
        var names = AttackCatalog.All.SelectMany(attack => new[] { attack.Name, attack.Group });
        if (options.Attacks.Except(names).FirstOrDefault() is { } name)
            return $"There is no attack '{name}'.";
        // The runtime raises the soft limit to the hard one by itself.
        var limits = File.ReadLines("/proc/self/limits")
            .First(line => line.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = limits["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return long.TryParse(soft, CultureInfo.InvariantCulture, out var count) && count < DescriptorsNeeded
            ? $"A process may open {count} files, {DescriptorsNeeded} are needed: ulimit -n {DescriptorsNeeded}"
            : null;
    }

    public async Task<int> RunAsync()
    {
        var network = PrivateNetwork.Prepare(mtuBytes: 1500);
        await CommandRun.ReadAsync("taskset", ["-a", "-cp", ClientCpus, $"{Environment.ProcessId}"]);
        var rows = new List<SiegeRow>();
        var port = FirstPort;
        var failures = 0;
        foreach (var attack in Chosen())
        {
            foreach (var server in options.Servers)
            {
                // Two ports each: an application may have a second endpoint.
                port += 2;
                try
                {
                    rows.Add(await MeasureAsync(attack, server, port));
                    Console.Error.WriteLine(string.Join(" | ", rows[^1].Cells));
                }
                catch (MeasurementException error)
                {
                    failures++;
                    Console.Error.WriteLine($"{attack.Name}, {server}: failed, {error.Message}");
                }
            }
        }

        Write(rows, $"{MachineFacts.Read(network)}. {Caption}");
        return failures == 0 ? 0 : 1;
    }

    private string Caption => options.Defaults
        ? "Limits are the servers' defaults."
        : "On all servers: headers within 5 s, keep-alive 10 s, after 2 s 240 bytes of a body and 1 MB of an answer " +
          "a second. Kestrel has no limit of running requests, so in overload the framework's concurrency limiter " +
          "does it, and none of connections from an address; where buffers are bounded its transport's is, too.";

    private IEnumerable<Attack> Chosen() => AttackCatalog.All
        .Where(attack => options.Attacks.Length == 0 || options.Attacks.Intersect([attack.Name, attack.Group]).Any())
        .Select(attack => attack with
        {
            Connections = options.Connections ?? attack.Connections,
            Seconds = options.Seconds ?? attack.Seconds,
        });

    private async Task<SiegeRow> MeasureAsync(Attack attack, string server, int port)
    {
        var workload = Workload.Siege(attack.Application + (options.Defaults ? "-defaults" : ""));
        await using var running = new AppPeer(server).Start(new Launch(workload, port, ServerCpus));
        running.AwaitReady();
        var probed = attack.ProbesSecondEndpoint ? port + 1 : port;
        // The first answers are those of code that is being compiled; the base is that of a server that works.
        EndProbes(StartProbes(probed, attack.Neighbour, TimeSpan.FromSeconds(0.5)));
        var (keptBefore, freshBefore, _) =
            EndProbes(StartProbes(probed, attack.Neighbour, TimeSpan.FromSeconds(1)));
        var fds = running.CountDescriptors();
        var before = running.ReadMemory();
        running.ForgetPeak();
        var cpu = running.ReadCpu();
        var outcomes = new Outcomes();
        var probes = StartProbes(probed, attack.Neighbour, TimeSpan.Zero);
        await AttackAsync(attack, attack.AttacksSecondEndpoint ? port + 1 : port, outcomes);
        var (kept, fresh, errors) = EndProbes(probes);
        var used = running.ReadCpu().Since(cpu);
        var peak = running.ReadMemory().PeakRss;
        await Task.Delay(TimeSpan.FromSeconds(1));
        await running.CollectAsync();
        return new SiegeRow(attack.Name, server)
        {
            Outcome = outcomes.ToString(),
            Connections = attack.Connections,
            BaseBytes = before.Rss,
            PeakBytes = peak,
            AfterBytes = running.ReadMemory().Rss,
            BoundBytes = attack.BoundBytes,
            CpuSeconds = used / 1e9,
            Outcomes = outcomes.Count,
            KeptBeforeMs = keptBefore,
            NewBeforeMs = freshBefore,
            KeptMs = kept,
            NewMs = fresh,
            Errors = errors,
            DescriptorsBefore = fds,
            DescriptorsAfter = running.CountDescriptors(),
        };
    }

    private static async Task AttackAsync(Attack attack, int port, Outcomes outcomes)
    {
        using var end = new CancellationTokenSource();
        var attackers = new List<Task>();
        var endTimer = Task.Delay(TimeSpan.FromSeconds(attack.Seconds));
        for (var i = 0; i < attack.Connections && !endTimer.IsCompleted; i++)
        {
            attackers.Add(attack.Act(new Attacker(port, outcomes, end.Token)));
            // A pause now and then: the connections come in about a second, not all in one backlog.
            if (i % 50 == 49)
                await Task.Delay(10);
        }

        await endTimer;
        await end.CancelAsync();
        await Task.WhenAll(attackers);
    }

    private static SteadyProbe[] StartProbes(int port, Neighbour neighbour, TimeSpan time)
    {
        SteadyProbe[] probes =
        [
            SteadyProbe.Start(port, neighbour, keepsAlive: true), SteadyProbe.Start(port, neighbour, keepsAlive: false),
        ];
        Thread.Sleep(time);
        return probes;
    }

    private static (double[] Kept, double[] Fresh, int Errors) EndProbes(SteadyProbe[] probes)
    {
        var times = probes.Select(probe => probe.End()).ToArray();
        return (times[0], times[1], probes.Sum(probe => probe.Errors));
    }

    private void Write(List<SiegeRow> rows, string caption)
    {
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 240);
        var view = new Spectre.Console.Table().Border(TableBorder.Simple);
        foreach (var title in SiegeRow.Titles)
            view.AddColumn(Markup.Escape(title));
        foreach (var row in rows)
            view.AddRow([.. row.Cells.Select(Markup.Escape)]);
        AnsiConsole.Write(view);
        AnsiConsole.WriteLine(caption);
        if (options.MarkdownFile is { } file)
            File.WriteAllText(file, Markdown(rows, caption));
    }

    private static string Markdown(List<SiegeRow> rows, string caption)
    {
        var text = new StringBuilder($"{caption}\n\n");
        IEnumerable<IEnumerable<string>> lines =
            [SiegeRow.Titles, SiegeRow.Titles.Select(_ => "---"), .. rows.Select(row => row.Cells)];
        foreach (var line in lines)
            text.Append("| ").AppendJoin(" | ", line).Append(" |\n");
        return text.ToString();
    }
}
