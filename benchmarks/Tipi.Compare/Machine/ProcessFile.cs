namespace Tipi.Compare.Machine;

/// <summary>Reads files below <c>/proc/PID</c>, which vanish with their process or thread.</summary>
internal static class ProcessFile
{
    /// <summary>The text, or null when the process or thread has gone.</summary>
    public static string? ReadText(int pid, string name)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/{name}");
        }
        catch (IOException)
        {
            return null;
        }
    }
}
