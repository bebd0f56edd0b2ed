using System.Runtime.InteropServices;

namespace Tipi.Compare.Machine;

/// <summary>What the figures depend on and cannot be told from the table.</summary>
internal sealed record MachineFacts(
    string Processor,
    int Cpus,
    string Kernel,
    string Runtime,
    string CongestionControl,
    string Network)
{
    public static MachineFacts Read(string network) => new(
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString(),
        File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)),
        File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        RuntimeInformation.FrameworkDescription,
        File.ReadAllText("/proc/sys/net/ipv4/tcp_congestion_control").Trim(),
        network);

    public override string ToString() =>
        $"{Processor}, {Cpus} CPUs, Linux {Kernel}, {Runtime}; {Network}, congestion control {CongestionControl}";
}
