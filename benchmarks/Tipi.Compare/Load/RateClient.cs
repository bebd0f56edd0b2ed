using System.Diagnostics;
using System.Net.Sockets;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>
/// An open-loop client. A request is due at a fixed time and its latency counts from then, so that a server that
/// stalls is charged for everyone who would have asked meanwhile, not for one request a connection. One thread sends
/// what is due and looks after the answers in turn, without sleeping: its CPU is its own.
/// </summary>
internal sealed class RateClient : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    private readonly Launch _launch;
    private readonly RateLoad _load;
    private readonly Stack<RateConnection> _free = new();
    private readonly List<RateConnection> _asked = [];
    private readonly List<RateConnection> _loops = [];
    private readonly List<double> _fastMs = [];
    private readonly List<double> _slowMs = [];

    public RateClient(Launch launch, RateLoad load)
    {
        _launch = launch;
        _load = load;
        for (var i = 0; i < load.Connections; i++) _free.Push(Open(launch));
        for (var i = 0; i < load.SlowLoops; i++) _loops.Add(Open(launch));
    }

    /// <summary>Sends for so long, waits for the last answers, reports.</summary>
    public RateReport Run(TimeSpan duration)
    {
        _fastMs.Clear();
        _slowMs.Clear();
        var fast = _launch.Workload.RequestTo(_launch.Port, _launch.Workload.Path);
        var slow = _launch.Workload.RequestTo(_launch.Port, _launch.Workload.SlowPath ?? _launch.Workload.Path);
        var total = (long)(duration.TotalSeconds * _load.PerSecond);
        var start = Stopwatch.GetTimestamp();
        foreach (var loop in _loops)
            Ask(loop, slow, start, isSlow: true);
        for (long next = 0; next < total || _asked.Count > 0;)
        {
            while (next < total && _free.Count > 0 && DueAt(next, start) <= Stopwatch.GetTimestamp())
            {
                var isSlow = _load.SlowEvery > 0 && next % _load.SlowEvery == 0;
                Ask(_free.Pop(), isSlow ? slow : fast, DueAt(next, start), isSlow);
                next++;
            }

            Receive(again: next < total ? slow : null);
            if (Stopwatch.GetElapsedTime(start) > duration + AnswerLimit)
                throw new MeasurementException($"{_asked.Count} answers never came");
        }

        return new RateReport(
            [.. _fastMs.Order()], [.. _slowMs.Order()], Stopwatch.GetElapsedTime(start));
    }

    public void Dispose()
    {
        foreach (var connection in _free.Concat(_asked).Concat(_loops))
            connection.Dispose();
    }

    private static RateConnection Open(Launch launch)
    {
        var probe = Probes.Open(launch);
        return new RateConnection(probe.Socket, probe.Ask()!.Value);
    }

    private long DueAt(long number, long start) => start + (number * Stopwatch.Frequency / _load.PerSecond);

    private void Ask(RateConnection connection, byte[] request, long due, bool isSlow)
    {
        connection.Send(request, due, isSlow);
        _asked.Add(connection);
    }

    // What the loops ask next; null: they have asked enough.
    private void Receive(byte[]? again)
    {
        for (var i = _asked.Count - 1; i >= 0; i--)
        {
            var connection = _asked[i];
            if (!connection.TryReceive())
                continue;
            var latencyMs = Stopwatch.GetElapsedTime(connection.Due).TotalMilliseconds;
            (connection.IsSlow ? _slowMs : _fastMs).Add(latencyMs);
            _asked[i] = _asked[^1];
            _asked.RemoveAt(_asked.Count - 1);
            if (!_loops.Contains(connection))
                _free.Push(connection);
            else if (again is not null)
                Ask(connection, again, Stopwatch.GetTimestamp(), isSlow: true);
        }
    }
}
