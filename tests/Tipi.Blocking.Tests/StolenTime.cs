using System.Globalization;

namespace Tipi.Blocking.Tests;

/// <summary>Time that the host of a virtual machine has taken from its processors: nobody ran meanwhile.</summary>
internal static class StolenTime
{
    // Of /proc/stat, see proc(5): "cpu", then user, nice, system, idle, iowait, irq, softirq and steal in hundredths.
    private const int Column = 8;
    private const int TickMs = 10;

    /// <summary>Since the system's start, of all processors together, in milliseconds.</summary>
    public static double ReadMs()
    {
        string[] columns = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return columns.Length > Column ? double.Parse(columns[Column], CultureInfo.InvariantCulture) * TickMs : 0;
    }
}
