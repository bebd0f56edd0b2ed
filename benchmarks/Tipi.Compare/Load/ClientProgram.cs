using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>The client's process: connects, says so, then runs as often as a line asks for it.</summary>
internal static class ClientProgram
{
    public const string Command = "client";

    public static int Run(string driverName, int port, int connections)
    {
        try
        {
            using var driver = Open(driverName, port, connections);
            Write(new ClientReport());
            while (Console.In.ReadLine() is { } seconds)
                Write(Measure(driver, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture))));
            return 0;
        }
        catch (Exception error) when (error is MeasurementException or IOException or SocketException)
        {
            Write(new ClientReport { Failure = error.Message });
            return 1;
        }
    }

    private static IDriver Open(string name, int port, int connections) => name switch
    {
        "echo" => new EchoDriver(new Launch(Workload.WebSocket, port, ""), connections),
        "events" => new EventDriver(new Launch(Workload.Events, port, ""), connections),
        "connect" => new ConnectDriver(connections, () => new ConnectClient(port)),
        "handshake" => new ConnectDriver(connections, () => new HandshakeClient(port, resumes: false)),
        "resumption" => new ConnectDriver(connections, () => new HandshakeClient(port, resumes: true)),
        _ => throw new MeasurementException($"There is no client '{name}'."),
    };

    private static ClientReport Measure(IDriver driver, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var latenciesMs = driver.Run(duration);
        var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        var elapsed = clock.Elapsed;
        if (latenciesMs.Count == 0)
            return new ClientReport { Failure = "no answer at all" };
        double[] sorted = [.. latenciesMs.Order()];
        return new ClientReport
        {
            Answers = sorted.Length,
            Seconds = elapsed.TotalSeconds,
            CpuUs = cpu.TotalMicroseconds,
            P50Ms = RateReport.Percentile(sorted, 0.5),
            P99Ms = RateReport.Percentile(sorted, 0.99),
            P999Ms = RateReport.Percentile(sorted, 0.999),
        };
    }

    private static void Write(ClientReport report)
    {
        Console.Out.WriteLine(JsonSerializer.Serialize(report));
        Console.Out.Flush();
    }
}
