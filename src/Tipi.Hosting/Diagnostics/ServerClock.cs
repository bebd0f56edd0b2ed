using System.Globalization;
using System.Text;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// The time as the heartbeat last saw it: for limits that are checked once a second, and for the lines of a head that
/// change once a second. Reading it costs a load.
/// </summary>
internal sealed class ServerClock
{
    /// <summary>The heartbeat's interval: so much older than the truth the time may be.</summary>
    internal const int MostAgeMs = 1000;

    /// <summary>What the server calls itself.</summary>
    internal const string ServerName = "Tipi";

    private readonly bool _addServerHeader;
    private volatile HeadLines _lines;
    private long _nowMs;

    internal ServerClock(bool addServerHeader)
    {
        _addServerHeader = addServerHeader;
        _lines = MakeLines(DateTimeOffset.UtcNow);
        _nowMs = Environment.TickCount64;
    }

    /// <summary>Milliseconds of a clock that never goes back, at most <see cref="MostAgeMs"/> old.</summary>
    internal long NowMs => Volatile.Read(ref _nowMs);

    /// <summary>
    /// The time so much later or up to <see cref="MostAgeMs"/> after that, never before: nobody gets less than a limit
    /// says. MaxValue for <see cref="TimeSpan.MaxValue"/>.
    /// </summary>
    internal long After(TimeSpan time) =>
        time == TimeSpan.MaxValue ? long.MaxValue : NowMs + MostAgeMs + time.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Lines every response has unless the application sets them.</summary>
    internal HeadLines Lines => _lines;

    /// <summary>Called by the heartbeat.</summary>
    internal void Advance()
    {
        Volatile.Write(ref _nowMs, Environment.TickCount64);
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
