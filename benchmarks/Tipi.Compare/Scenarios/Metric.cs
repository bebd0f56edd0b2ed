using System.Globalization;

namespace Tipi.Compare.Scenarios;

/// <summary>One figure of a measurement: its column title and how it is written.</summary>
internal sealed record Metric(string Key, string Title, string Format)
{
    public static readonly Metric Cpu = new("cpuUs", "CPU µs/req", "0.00");
    public static readonly Metric Rate = new("requestsPerSecond", "req/s", "#,0");
    public static readonly Metric P50 = new("p50Ms", "p50 ms", "0.000");
    public static readonly Metric P99 = new("p99Ms", "p99 ms", "0.000");
    public static readonly Metric P999 = new("p999Ms", "p99.9 ms", "0.000");
    public static readonly Metric Worst = new("worstMs", "worst ms", "0.000");
    public static readonly Metric Mean = new("meanMs", "mean ms", "0.000");
    public static readonly Metric ClientCpu = new("clientCpuUs", "client µs/req", "0.00");
    public static readonly Metric SlowP50 = new("slowP50Ms", "slow ones' p50 ms", "0.0");
    public static readonly Metric SlowRate = new("slowPerSecond", "slow ones/s", "#,0");
    public static readonly Metric Allocated = new("allocatedBytes", "alloc B/req", "#,0");
    public static readonly Metric PeakRss = new("peakRssMiB", "peak RSS MiB", "0.0");
    public static readonly Metric Utilisation = new("utilisation", "server busy", "0%");
    public static readonly Metric Others = new("othersBusy", "others busy", "0%");
    public static readonly Metric AnswerBytes = new("answerBytes", "answer B", "0");
    public static readonly Metric WarmUp = new("warmupSeconds", "warm-up s", "0");
    public static readonly Metric Start = new("startMs", "start to first answer ms", "0.0");
    public static readonly Metric StartCpu = new("startCpuMs", "CPU ms", "0.0");

    public string Write(double value) => value.ToString(Format, CultureInfo.InvariantCulture);
}
