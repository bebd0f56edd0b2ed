using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tipi.Compare.Load;

/// <summary>New connections, so many at a time, each for one small request; a thread for each.</summary>
internal sealed class ConnectDriver : IDriver
{
    private readonly List<IConnectClient> _clients = [];

    public ConnectDriver(int connections, Func<IConnectClient> open)
    {
        while (_clients.Count < connections)
        {
            var client = open();
            _clients.Add(client);
            // The first has no session to resume and is not measured.
            client.Connect();
        }
    }

    public IReadOnlyList<double> Run(TimeSpan duration)
    {
        var latenciesMs = new ConcurrentBag<double>();
        Exception? failure = null;
        var threads = _clients.Select(client => new Thread(() =>
        {
            try
            {
                Repeat(client, duration, latenciesMs);
            }
            catch (Exception error)
            {
                failure = error;
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return failure is null ? [.. latenciesMs] : throw new MeasurementException(failure.Message, failure);
    }

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    private static void Repeat(IConnectClient client, TimeSpan duration, ConcurrentBag<double> latenciesMs)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed is var begun && begun < duration)
        {
            client.Connect();
            latenciesMs.Add((clock.Elapsed - begun).TotalMilliseconds);
        }
    }
}
