using System.Globalization;

namespace Tipi.Compare.Machine;

/// <summary>
/// CPU time that went neither to the server nor to the client: other programs and, on a virtual machine, other
/// guests. Where it is more than a little the figures are not to be trusted, whatever they say.
/// </summary>
internal sealed class Bystanders
{
    private const double TicksPerSecond = 100;

    private readonly long _machineTicks = MachineTicks();
    private readonly long _clientTicks = ClientTicks();

    /// <summary>Seconds of CPU used by others since this was made.</summary>
    /// <param name="serverNs">What the server used in that time.</param>
    public double SecondsSince(long serverNs)
    {
        var ticks = MachineTicks() - _machineTicks - (ClientTicks() - _clientTicks);
        return Math.Max(0, (ticks / TicksPerSecond) - (serverNs / 1e9));
    }

    // cpu user nice system idle iowait irq softirq steal: all but idle and iowait.
    private static long MachineTicks()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Skip(1).Take(8).Where((_, index) => index is not (3 or 4)).Sum(Number);
    }

    // utime, stime, cutime, cstime: this program and the clients that it ran and that ended.
    private static long ClientTicks()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ').Skip(11).Take(4).Sum(Number);
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
