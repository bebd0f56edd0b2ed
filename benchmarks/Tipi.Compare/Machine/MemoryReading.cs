using System.Globalization;

namespace Tipi.Compare.Machine;

/// <summary>Resident memory of some processes in bytes, kernel socket memory not included.</summary>
internal sealed record MemoryReading(long Rss, long Pss, long PrivateDirty, long PeakRss)
{
    public static MemoryReading Read(IEnumerable<int> pids)
    {
        long rss = 0, pss = 0, dirty = 0, peak = 0;
        foreach (var pid in pids)
        {
            var rollup = ProcessFile.ReadText(pid, "smaps_rollup") ?? "";
            rss += Field(rollup, "Rss:");
            pss += Field(rollup, "Pss:");
            dirty += Field(rollup, "Private_Dirty:");
            peak += Field(ProcessFile.ReadText(pid, "status") ?? "", "VmHWM:");
        }

        return new MemoryReading(rss, pss, dirty, peak);
    }

    private static long Field(string text, string name)
    {
        var line = text.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal));
        if (line is null)
            return 0;
        var kibibytes = line[name.Length..].Trim().Split(' ')[0];
        return long.Parse(kibibytes, CultureInfo.InvariantCulture) * 1024;
    }
}
