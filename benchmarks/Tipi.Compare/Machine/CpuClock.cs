using System.Globalization;

namespace Tipi.Compare.Machine;

/// <summary>
/// Run time of all threads of some processes in nanoseconds, from <c>/proc/PID/task/TID/schedstat</c>. Unlike the
/// ticks of <c>/proc/PID/stat</c> it is exact. A thread that ends takes its time along; the difference of two
/// readings counts each thread that is in the later one.
/// </summary>
internal sealed class CpuClock
{
    private readonly Dictionary<string, long> _ranNs = [];

    private CpuClock()
    {
    }

    /// <summary>The reading before a process's first.</summary>
    public static CpuClock Zero { get; } = new();

    public static CpuClock Read(IEnumerable<int> pids)
    {
        var clock = new CpuClock();
        foreach (var pid in pids)
        {
            foreach (var task in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                var tid = Path.GetFileName(task);
                if (ProcessFile.ReadText(pid, $"task/{tid}/schedstat") is { } text)
                    clock._ranNs[tid] = long.Parse(text.Split(' ')[0], CultureInfo.InvariantCulture);
            }
        }

        return clock;
    }

    /// <summary>Nanoseconds run since an earlier reading.</summary>
    public long Since(CpuClock earlier) =>
        _ranNs.Sum(entry => entry.Value - earlier._ranNs.GetValueOrDefault(entry.Key));
}
