using System.Globalization;

namespace Tipi.Compare.Siege;

/// <summary>What one attack did to one server. Memory in bytes, times in milliseconds, ascending.</summary>
internal sealed record SiegeRow(string Attack, string Server)
{
    public static IReadOnlyList<string> Titles { get; } =
    [
        "attack", "server", "attackers", "peak MiB", "grown by", "KiB/conn", "CPU s", "kept p50/p99/max ms",
        "new p50/p99/max ms", "errors", "fds before→after",
    ];

    public required string Outcome { get; init; }

    public required int Connections { get; init; }

    public required long BaseBytes { get; init; }

    public required long PeakBytes { get; init; }

    public required double CpuSeconds { get; init; }

    public required double[] KeptMs { get; init; }

    public required double[] NewMs { get; init; }

    public required int Errors { get; init; }

    public required int DescriptorsBefore { get; init; }

    public required int DescriptorsAfter { get; init; }

    public long GrownBytes => Math.Max(0, PeakBytes - BaseBytes);

    public IReadOnlyList<string> Cells =>
    [
        Attack, Server, Outcome, Mebibytes(PeakBytes), Mebibytes(GrownBytes),
        Text($"{GrownBytes / 1024.0 / Connections:0.0}"), Text($"{CpuSeconds:0.00}"), Latencies(KeptMs),
        Latencies(NewMs), Text($"{Errors}"), Text($"{DescriptorsBefore}→{DescriptorsAfter}"),
    ];

    /// <summary>The value that so much of the sorted ones do not exceed, or 0 without any.</summary>
    public static double Quantile(double[] sorted, double part) =>
        sorted.Length == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * part) - 1)];

    private static string Latencies(double[] ms) =>
        ms.Length == 0 ? "–" : Text($"{Quantile(ms, .5):0.0}/{Quantile(ms, .99):0.0}/{ms[^1]:0.0}");

    private static string Mebibytes(long bytes) => Text($"{bytes / 1048576.0:0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
