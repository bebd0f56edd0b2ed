using System.Diagnostics;
using Tipi.Transport.Uring.Native;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Sees that a stretch has slept for a moment: too short for the sentinel, which looks every few milliseconds, and long
/// for all others of the ring. A commit to a fast disk is of this kind.
/// </summary>
/// <remarks>
/// What a thread has slept is asked of the kernel, before and after, and only while stretches are long: the first one
/// that is has the next ones watched. Some in a row that were long and did not sleep end that, since most only compute.
/// </remarks>
internal readonly struct SleepWatch
{
    private const int MostComputed = 4;

    /// <summary>Some ten ordinary requests.</summary>
    private static readonly long s_long = Stopwatch.Frequency / 10_000;

    private static readonly long s_watchTime = Stopwatch.Frequency / 10;
    private static readonly long s_pauseTime = Stopwatch.Frequency;

    [ThreadStatic]
    private static long t_watchedUntil;

    [ThreadStatic]
    private static long t_pausedUntil;

    [ThreadStatic]
    private static int t_computed;

    [ThreadStatic]
    private static long t_turn;

    [ThreadStatic]
    private static long t_ended;

    private readonly long _start;
    private readonly bool _isWatched;
    private readonly ThreadUsage _usage;
    private readonly TimeSpan _collections;

    private SleepWatch(long start, bool isWatched)
    {
        _start = start;
        _isWatched = isWatched;
        if (!isWatched) return;
        _usage = LibC.ThreadUsage();
        _collections = GC.GetTotalPauseDuration();
    }

    /// <summary>How long the stretch has lasted.</summary>
    internal TimeSpan Elapsed => Stopwatch.GetElapsedTime(_start);

    /// <summary>
    /// A stretch begins on the calling thread. The clock is not asked where another one has ended in this turn of the
    /// ring, unless that one was watched: an answer costs a fiftieth of a small request over HTTP/2.
    /// </summary>
    internal static SleepWatch Begin()
    {
        long turn = RingWorker.Current?.Turns ?? 0;
        if (turn == 0 || turn != t_turn || t_ended < t_watchedUntil) t_ended = Stopwatch.GetTimestamp();
        t_turn = turn;
        return new SleepWatch(t_ended, isWatched: t_ended < t_watchedUntil);
    }

    /// <summary>The same, on a thread where stretches are expected to sleep.</summary>
    internal static SleepWatch BeginApart() => new(Stopwatch.GetTimestamp(), isWatched: OperatingSystem.IsLinux());

    /// <summary>The stretch ends, on the same thread: true when it was long and slept for most of it.</summary>
    internal bool HasSlept()
    {
        long now = Stopwatch.GetTimestamp();
        t_ended = now;
        long elapsed = now - _start;
        if (elapsed < s_long) return false;
        if (!_isWatched)
        {
            if (now >= t_pausedUntil) t_watchedUntil = now + s_watchTime;
            return false;
        }
        bool hasSlept = HasSlept(elapsed);
        t_computed = hasSlept ? 0 : t_computed + 1;
        if (t_computed < MostComputed) t_watchedUntil = now + s_watchTime;
        else (t_watchedUntil, t_pausedUntil, t_computed) = (0, now + s_pauseTime, 0);
        return hasSlept;
    }

    // Not for a collection of garbage, which no application can help. Who only waited for a processor did not sleep.
    private bool HasSlept(long elapsed)
    {
        ThreadUsage usage = LibC.ThreadUsage();
        if (usage.Sleeps == _usage.Sleeps || GC.GetTotalPauseDuration() != _collections) return false;
        long computed = (usage.ProcessorUs - _usage.ProcessorUs) * Stopwatch.Frequency / 1_000_000;
        return computed < elapsed / 2;
    }
}
