namespace Tipi.Compare.Peers;

/// <summary>How a server is started: what it answers, on which loopback port, on which CPUs (a taskset list).</summary>
internal sealed record Launch(Workload Workload, int Port, string Cpus)
{
    /// <summary>The application's program; null: the one built beside this.</summary>
    public string? AppProgram { get; init; }

    /// <summary>A PEM file with certificate and key, where the workload is encrypted.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>Where the application finds what it asks; null: it asks nothing.</summary>
    public string? CompanionAddress { get; init; }

    public int CpuCount => Cpus.Split(',').Length;
}
