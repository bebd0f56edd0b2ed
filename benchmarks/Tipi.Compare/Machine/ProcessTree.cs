using System.Globalization;

namespace Tipi.Compare.Machine;

/// <summary>A process with its children (nginx: the master and its workers).</summary>
internal static class ProcessTree
{
    public static IReadOnlyList<int> Of(int rootPid)
    {
        var parents = new Dictionary<int, int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var pid) &&
                ParentOf(pid) is { } parent)
                parents[pid] = parent;
        }

        var found = new List<int> { rootPid };
        for (var i = 0; i < found.Count; i++)
            found.AddRange(parents.Where(entry => entry.Value == found[i]).Select(entry => entry.Key));
        return found;
    }

    private static int? ParentOf(int pid)
    {
        if (ProcessFile.ReadText(pid, "stat") is not { } stat)
            return null;
        // pid (name) state ppid …; the name may hold spaces and parentheses, so count from the last ')'.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return int.Parse(fields[1], CultureInfo.InvariantCulture);
    }
}
