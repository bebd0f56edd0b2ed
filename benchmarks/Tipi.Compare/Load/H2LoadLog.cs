using System.Globalization;

namespace Tipi.Compare.Load;

/// <summary>h2load's log: a line for each answer, of its start, its status and its latency in µs, by tabs.</summary>
internal static class H2LoadLog
{
    /// <exception cref="MeasurementException">There is no answer, or one that is not 200.</exception>
    public static IReadOnlyList<double> ReadLatenciesMs(IEnumerable<string> lines)
    {
        var latenciesMs = new List<double>();
        foreach (var line in lines)
        {
            if (line.Split('\t') is not [_, "200", var latencyUs, ..])
                throw new MeasurementException($"not an answer of status 200: {line}");
            latenciesMs.Add(long.Parse(latencyUs, CultureInfo.InvariantCulture) / 1e3);
        }

        return latenciesMs.Count > 0 ? latenciesMs : throw new MeasurementException("no answer at all");
    }
}
