using System.Net.Sockets;
using Tipi.Compare.Peers;
using Tipi.Compare.Report;
using Tipi.Compare.Scenarios;

namespace Tipi.Compare;

/// <summary>
/// Measures one scenario on all servers, interleaved: every round starts every server anew, and the first server
/// of a round is another one each time, so that a drift of the machine falls on all alike.
/// </summary>
internal sealed class Comparison(IReadOnlyList<IPeer> peers, Bench bench)
{
    public async Task<Table> RunAsync(IScenario scenario, Action<string> progress)
    {
        var taking = peers.Where(peer => peer.Serves(scenario.Workload)).ToList();
        var rows = taking.ToDictionary(peer => peer, peer => new Row(peer.Name));
        var rounds = scenario.Rounds(bench.Options.Rounds);
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < taking.Count; i++)
            {
                var peer = taking[(round + i) % taking.Count];
                progress($"{scenario.Name}, round {round + 1} of {rounds}: {peer.Name}");
                await MeasureAsync(scenario, peer, rows[peer]);
            }
        }

        return new Table(scenario, [.. taking.Select(peer => rows[peer])]);
    }

    private async Task MeasureAsync(IScenario scenario, IPeer peer, Row row)
    {
        try
        {
            row.Add(await scenario.MeasureAsync(peer, bench));
        }
        catch (Exception error) when (error is MeasurementException or IOException or SocketException)
        {
            row.Fail(error.Message);
        }
    }
}
