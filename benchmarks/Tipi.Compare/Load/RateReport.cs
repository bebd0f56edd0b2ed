namespace Tipi.Compare.Load;

/// <summary>Latencies in milliseconds from the time a request was due, sorted; slow targets apart.</summary>
internal sealed record RateReport(double[] FastMs, double[] SlowMs, TimeSpan Elapsed)
{
    public int Answers => FastMs.Length + SlowMs.Length;

    /// <summary>The latency that the part <paramref name="share"/> of the requests stayed within.</summary>
    public static double Percentile(double[] sorted, double share) =>
        sorted[Math.Min(sorted.Length - 1, (int)Math.Ceiling(share * sorted.Length) - 1)];
}
