using System.Globalization;

namespace Tipi.Compare.Siege;

/// <summary>What one attack did to one server. Memory in bytes, times in milliseconds, ascending.</summary>
internal sealed record SiegeRow(string Attack, string Server)
{
    public static IReadOnlyList<string> Titles { get; } =
    [
        "attack", "server", "attackers", "base MiB", "peak MiB", "after", "KiB/conn", "bound", "CPU s", "CPU µs each",
        "kept ms before", "kept p50/p99/max", "new ms before", "new p50/p99/max", "errors", "fds",
    ];

    public required string Outcome { get; init; }

    public required int Connections { get; init; }

    public required long BaseBytes { get; init; }

    public required long PeakBytes { get; init; }

    /// <summary>After the attack and a full collection.</summary>
    public required long AfterBytes { get; init; }

    /// <summary>What the options allow a connection to hold, or null.</summary>
    public int? BoundBytes { get; init; }

    public required double CpuSeconds { get; init; }

    /// <summary>Endings and answers that were counted.</summary>
    public required int Outcomes { get; init; }

    /// <summary>The probe's times before the attack, on a kept connection.</summary>
    public required double[] KeptBeforeMs { get; init; }

    /// <summary>The same on new connections.</summary>
    public required double[] NewBeforeMs { get; init; }

    public required double[] KeptMs { get; init; }

    public required double[] NewMs { get; init; }

    public required int Errors { get; init; }

    public required int DescriptorsBefore { get; init; }

    public required int DescriptorsAfter { get; init; }

    public long GrownBytes => Math.Max(0, PeakBytes - BaseBytes);

    public IReadOnlyList<string> Cells =>
    [
        Attack, Server, Outcome, Mebibytes(BaseBytes), Mebibytes(PeakBytes), Mebibytes(AfterBytes),
        Text($"{GrownBytes / 1024.0 / Connections:0.0}"), BoundBytes is { } bound ? Text($"{bound / 1024}") : "–",
        Text($"{CpuSeconds:0.00}"), CpuEach, Latencies(KeptBeforeMs), Latencies(KeptMs), Latencies(NewBeforeMs),
        Latencies(NewMs), Text($"{Errors}"), Text($"{DescriptorsBefore}→{DescriptorsAfter}"),
    ];

    // Of an attack that comes again and again; elsewhere a connection's time is the attack's.
    private string CpuEach => Outcomes < 10 * Connections ? "–" : Text($"{CpuSeconds * 1e6 / Outcomes:0.0}");

    /// <summary>The value that so much of the sorted ones do not exceed, or 0 without any.</summary>
    public static double Quantile(double[] sorted, double part) =>
        sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * part) - 1)];

    private static string Latencies(double[] ms) =>
        ms.Length == 0 ? "–" : Text($"{Quantile(ms, .5):0.0}/{Quantile(ms, .99):0.0}/{ms[^1]:0.0}");

    private static string Mebibytes(long bytes) => Text($"{bytes / 1048576.0:0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
