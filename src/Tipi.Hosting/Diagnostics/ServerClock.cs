using System.Globalization;
using System.Text;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// The time as the heartbeat last saw it: for limits that are checked once a second, and for the lines of a head that
/// change once a second. Reading it costs a load.
/// </summary>
/// <remarks>
/// Time in which the server itself stood still, in a paused container or on a starved machine, does not pass here: what
/// its clients sent meanwhile is only about to be read. The heartbeat notices it by its own lateness.
/// </remarks>
internal sealed class ServerClock
{
    /// <summary>The heartbeat's interval: so much older than the truth the time may be.</summary>
    internal const int MostAgeMs = 1000;

    /// <summary>As much passes from one beat to the next at most.</summary>
    private const int MostPerBeatMs = 2 * MostAgeMs;

    /// <summary>What the server calls itself.</summary>
    internal const string ServerName = "Tipi";

    private readonly bool _addServerHeader;
    private volatile HeadLines _lines;
    private long _nowMs;
    private long _lostMs;

    internal ServerClock(bool addServerHeader)
    {
        _addServerHeader = addServerHeader;
        _lines = MakeLines(DateTimeOffset.UtcNow);
        _nowMs = Environment.TickCount64;
    }

    /// <summary>Milliseconds of a clock that never goes back, at most <see cref="MostAgeMs"/> old.</summary>
    internal long NowMs => Volatile.Read(ref _nowMs);

    /// <summary>The same clock, not old. A late heartbeat sets it back by what it was late.</summary>
    internal long ExactMs => Environment.TickCount64 - Volatile.Read(ref _lostMs);

    /// <summary>
    /// The time so much later or up to <see cref="MostAgeMs"/> after that, never before: nobody gets less than a limit
    /// says. MaxValue for <see cref="TimeSpan.MaxValue"/>.
    /// </summary>
    internal long After(TimeSpan time) =>
        time == TimeSpan.MaxValue ? long.MaxValue : NowMs + MostAgeMs + time.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Lines every response has unless the application sets them.</summary>
    internal HeadLines Lines => _lines;

    /// <summary>The heartbeat begins: what passed before it is not late.</summary>
    internal void Begin() => Volatile.Write(ref _nowMs, Environment.TickCount64);

    /// <summary>Called by the heartbeat.</summary>
    internal void Advance() => Advance(Environment.TickCount64);

    /// <summary>Called by the heartbeat.</summary>
    /// <param name="realMs">Of <see cref="Environment.TickCount64"/>.</param>
    internal void Advance(long realMs)
    {
        long passedMs = realMs - _lostMs - _nowMs;
        if (passedMs > MostPerBeatMs) Volatile.Write(ref _lostMs, _lostMs + passedMs - MostPerBeatMs);
        Volatile.Write(ref _nowMs, realMs - _lostMs);
        _lines = MakeLines(DateTimeOffset.UtcNow);
    }

    private HeadLines MakeLines(DateTimeOffset now)
    {
        string text = now.ToString("r", CultureInfo.InvariantCulture);
        string date = $"Date: {text}\r\n";
        string server = _addServerHeader ? $"Server: {ServerName}\r\n" : "";
        return new HeadLines(
            text, Encoding.ASCII.GetBytes(date), Encoding.ASCII.GetBytes(server),
            Encoding.ASCII.GetBytes(date + server));
    }

    internal sealed record HeadLines(string DateText, byte[] Date, byte[] Server, byte[] DateAndServer);
}
