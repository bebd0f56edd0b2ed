using System.Diagnostics;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Systemd;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Once a second: the clock goes on and connections past their deadline are woken. A thread of its own, since a busy
/// thread pool must not stop the time.
/// </summary>
internal sealed class Heartbeat(
    ServerContext server, ConnectionRegistry connections, SystemdWatchdog? watchdog) : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(ServerClock.MostAgeMs);

    private readonly ManualResetEventSlim _stop = new();
    private readonly ThreadReport _threads = new(server.Log);
    private OwnThread? _thread;

    internal bool IsRunning => _thread is not null;

    internal void Start()
    {
        server.Clock.Begin();
        _thread = OwnThread.Start("tipi-heartbeat", Run);
    }

    public void Dispose()
    {
        _stop.Set();
        _thread?.Join();
        _stop.Dispose();
    }

    private void Run(OwnThread thread)
    {
        while (!HasToStop())
        {
            try
            {
                Beat();
            }
            catch (Exception)
            {
                // A log or a middleware's pipe that fails: without a heartbeat no limit of time holds, and a fault on
                // this thread would end the process.
            }
        }
    }

    private bool HasToStop()
    {
        try
        {
            return _stop.Wait(s_interval);
        }
        catch (ThreadInterruptedException)
        {
            return false; // a log or a middleware has interrupted the thread that it ran on
        }
    }

    private void Beat()
    {
        long start = Stopwatch.GetTimestamp();
        server.Clock.Advance();
        connections.Expire();
        connections.Beat();
        _threads.Look();
        TimeSpan duration = Stopwatch.GetElapsedTime(start);
        if (duration > s_interval) server.Logs.Heartbeat.HeartbeatSlow(duration, s_interval);
        watchdog?.Beat(Environment.TickCount64);
    }
}
