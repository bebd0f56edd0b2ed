using System.Diagnostics;
using System.Globalization;

namespace Tipi.Chaos.App;

/// <summary>What handlers do though they should not.</summary>
internal static class Misdeeds
{
    private static int s_foreignLooks;
    private static volatile Task s_looking = Task.CompletedTask;

    /// <summary>How often code that ran on after its request saw the header of another client.</summary>
    internal static int ForeignLooks => Volatile.Read(ref s_foreignLooks);

    internal static string Sleep(int ms)
    {
        Thread.Sleep(ms);
        return "slept";
    }

    internal static string Spin(int ms)
    {
        var clock = Stopwatch.StartNew();
        while (clock.ElapsedMilliseconds < ms) Thread.SpinWait(100);
        return "spun";
    }

    internal static string SleepUninterruptibly(int ms)
    {
        SpawningChild.Wait(ms);
        return "slept";
    }

    /// <summary>The interruption is due when the thread next waits, which is after the handler.</summary>
    internal static string InterruptItself()
    {
        Thread.CurrentThread.Interrupt();
        return "interrupted";
    }

    internal static string ChangeThread()
    {
        Thread thread = Thread.CurrentThread;
        thread.Priority = ThreadPriority.Lowest;
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        thread.IsBackground = false;
        return "changed";
    }

    /// <summary>Goes on looking at the request after its end.</summary>
    internal static string Keep(HttpContext context)
    {
        string who = context.Request.Headers["X-Who"].ToString();
        s_looking = Task.WhenAll(s_looking, Task.Run(() => LookAsync(context, who)));
        return "kept";
    }

    private static async Task LookAsync(HttpContext context, string who)
    {
        for (int look = 0; look < 20; look++)
        {
            await Task.Delay(2);
            try
            {
                string seen = context.Request.Headers["X-Who"].ToString();
                if (seen.Length > 0 && seen != who) Interlocked.Increment(ref s_foreignLooks);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                // As it should be: the request is over.
            }
        }
    }
}
