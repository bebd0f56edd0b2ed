using System.Diagnostics;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Scenarios;

/// <summary>The same load before the measurement, until the server is warm.</summary>
internal static class WarmUp
{
    private const int WindowSeconds = 5;

    /// <summary>Loads the server until it is warm, or the time for that is over.</summary>
    /// <param name="server">The server.</param>
    /// <param name="mostSeconds">The time for it; 0: none.</param>
    /// <param name="load">Loads the server for so many seconds, and says how many answers came.</param>
    /// <returns>Seconds that it took.</returns>
    public static async Task<double> RunAsync(RunningServer server, int mostSeconds, Func<int, Task<long>> load)
    {
        var steadiness = new Steadiness();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < mostSeconds)
        {
            var begin = clock.Elapsed.TotalMilliseconds;
            var compiledMs = await server.ReadCompiledMsAsync();
            var before = server.ReadCpu();
            var answers = await load(Math.Min(WindowSeconds, mostSeconds));
            var cost = (double)server.ReadCpu().Since(before) / answers;
            compiledMs = await server.ReadCompiledMsAsync() - compiledMs;
            if (steadiness.Add(cost, compiledMs / (clock.Elapsed.TotalMilliseconds - begin)))
                break;
        }

        return clock.Elapsed.TotalSeconds;
    }
}
