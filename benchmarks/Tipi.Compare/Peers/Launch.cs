namespace Tipi.Compare.Peers;

/// <summary>How a server is started: what it answers, on which loopback port, on which CPUs (a taskset list).</summary>
internal sealed record Launch(Workload Workload, int Port, string Cpus)
{
    public int CpuCount => Cpus.Split(',').Length;
}
