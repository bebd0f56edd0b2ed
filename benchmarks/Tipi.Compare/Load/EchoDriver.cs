using System.Diagnostics;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>WebSockets that send a message, wait until it comes back, and send the next.</summary>
internal sealed class EchoDriver : IDriver
{
    private readonly EchoMessage _message;
    private readonly List<IProbe> _connections = [];

    public EchoDriver(Launch launch, int connections)
    {
        _message = new EchoMessage(launch.Workload.Body);
        while (_connections.Count < connections)
            _connections.Add(Probes.Open(launch));
    }

    public IReadOnlyList<double> Run(TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        var loops = _connections.Select(connection => EchoAsync(connection, clock, duration)).ToArray();
        return [.. Task.WhenAll(loops).GetAwaiter().GetResult().SelectMany(latenciesMs => latenciesMs)];
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }

    private async Task<List<double>> EchoAsync(IProbe connection, Stopwatch clock, TimeSpan duration)
    {
        var latenciesMs = new List<double>();
        var answer = new byte[_message.Answer.Length];
        while (clock.Elapsed is var sent && sent < duration)
        {
            await connection.Socket.SendAsync(_message.Request);
            var received = 0;
            while (received < answer.Length)
            {
                var read = await connection.Socket.ReceiveAsync(answer.AsMemory(received));
                if (read == 0)
                    throw new MeasurementException("the server closed a WebSocket");
                received += read;
            }

            if (!answer.AsSpan().SequenceEqual(_message.Answer))
                throw new MeasurementException($"another message came back: {Convert.ToHexString(answer)}");
            latenciesMs.Add((clock.Elapsed - sent).TotalMilliseconds);
        }

        return latenciesMs;
    }
}
