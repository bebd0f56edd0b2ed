using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// Measurements whose listeners cannot fail the server: a listener's callback runs inside the call that measures, and
/// what it throws comes out of there.
/// </summary>
internal static class QuietMeasuring
{
    internal static void Count(this UpDownCounter<long> counter, long change, in TagList tags = default)
    {
        if (!counter.Enabled) return;
        try
        {
            counter.Add(change, tags);
        }
        catch (Exception)
        {
            // The listener's loss.
        }
    }

    internal static void Count(this Counter<long> counter, long count, in TagList tags = default)
    {
        if (!counter.Enabled) return;
        try
        {
            counter.Add(count, tags);
        }
        catch (Exception)
        {
            // The listener's loss.
        }
    }

    internal static void Measure(this Histogram<double> histogram, double value, in TagList tags)
    {
        if (!histogram.Enabled) return;
        try
        {
            histogram.Record(value, tags);
        }
        catch (Exception)
        {
            // The listener's loss.
        }
    }
}
