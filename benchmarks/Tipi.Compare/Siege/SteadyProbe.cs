using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Tipi.Compare.Siege;

/// <summary>
/// A well-behaved client on a thread of its own: 20 requests a second, on one connection or on a new one each time.
/// A time counts from when the request was due, so that a wait of the probe itself is not lost.
/// </summary>
internal sealed class SteadyProbe
{
    private const int IntervalMs = 50;
    private const int PatienceMs = 5000;

    private readonly int _port;
    private readonly Neighbour _neighbour;
    private readonly bool _keepsAlive;
    private readonly Thread _thread;
    private readonly List<double> _timesMs = [];
    private volatile bool _isEnding;
    private ProbeTalk? _kept;

    private SteadyProbe(int port, Neighbour neighbour, bool keepsAlive)
    {
        _port = port;
        _neighbour = neighbour;
        _keepsAlive = keepsAlive;
        _thread = new Thread(Run) { IsBackground = true, Name = "probe" };
    }

    public int Errors { get; private set; }

    public static SteadyProbe Start(int port, Neighbour neighbour, bool keepsAlive)
    {
        var probe = new SteadyProbe(port, neighbour, keepsAlive);
        probe._thread.Start();
        return probe;
    }

    /// <summary>Ends it; the times of its good answers in milliseconds, ascending.</summary>
    public double[] End()
    {
        _isEnding = true;
        _thread.Join();
        _kept?.Dispose();
        return [.. _timesMs.Order()];
    }

    private void Run()
    {
        var clock = Stopwatch.StartNew();
        for (double due = 0; !_isEnding; due = Math.Max(due + IntervalMs, clock.Elapsed.TotalMilliseconds - PatienceMs))
        {
            var wait = due - clock.Elapsed.TotalMilliseconds;
            if (wait > 0)
                Thread.Sleep((int)Math.Ceiling(wait));
            if (TryAsk())
                _timesMs.Add(clock.Elapsed.TotalMilliseconds - due);
            else
                Errors++;
        }
    }

    private bool TryAsk()
    {
        try
        {
            var talk = _kept ??= ProbeTalk.Open(_port, _neighbour, PatienceMs);
            var isGood = talk.TryAsk();
            if (!_keepsAlive || !isGood)
                Forget();
            return isGood;
        }
        catch (Exception error) when (error is SocketException or IOException or AuthenticationException)
        {
            Forget();
            return false;
        }
    }

    private void Forget()
    {
        _kept?.Dispose();
        _kept = null;
    }
}
