namespace Tipi.Tests.Limits;

/// <summary>What the threads of this process wait for in the kernel, and the processes that it has started.</summary>
internal static class ProcessPicture
{
    private const string Self = "/proc/self/task";

    internal static string Take()
    {
        if (!Directory.Exists(Self)) return "";
        string[] threads = Directory.GetDirectories(Self);
        IEnumerable<string> kinds = threads.Select(Describe).GroupBy(kind => kind)
            .OrderByDescending(kind => kind.Count()).Select(kind => $"  {kind.Count()} {kind.Key}");
        IEnumerable<string> children = threads
            .SelectMany(thread => Read($"{thread}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(child => $"  {child} ({Describe($"/proc/{child}")}) "
                + Read($"/proc/{child}/cmdline").Replace('\0', ' '));
        return $"Threads:\n{string.Join('\n', kinds)}\nProcesses:\n{string.Join('\n', children)}";
    }

    // "id (name) state …": the name may hold anything, so the state follows the last parenthesis.
    private static string Describe(string folder)
    {
        string stat = Read($"{folder}/stat");
        int end = stat.LastIndexOf(')');
        return end < 0 ? "ended" : $"{stat[(stat.IndexOf('(') + 1)..end]}: {stat[end + 2]} {Read($"{folder}/wchan")}";
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
