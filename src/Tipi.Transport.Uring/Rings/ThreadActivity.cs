using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>What another thread of this process is doing, as the kernel sees it.</summary>
internal static class ThreadActivity
{
    /// <summary>
    /// True when the thread runs or waits for a processor; false when it sleeps, or cannot be looked at.
    /// </summary>
    public static bool IsRunnable(int threadId)
    {
        try
        {
            // "id (name) state …": the name may hold anything, so the state follows the last parenthesis.
            var stat = File.ReadAllText($"/proc/self/task/{threadId}/stat");
            var end = stat.LastIndexOf(')');
            return end >= 0 && end + 2 < stat.Length && stat[end + 2] == 'R';
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Nanoseconds that the thread has spent on a processor; 0 where that is not known.</summary>
    public static long ProcessorTimeNs(int threadId) => LibC.ThreadProcessorTimeNs(threadId);
}
