using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>Clients of server-sent events; an answer is an event.</summary>
internal sealed class EventDriver : IDriver
{
    private readonly List<EventConnection> _connections = [];

    public EventDriver(Launch launch, int connections)
    {
        while (_connections.Count < connections)
            _connections.Add((EventConnection)Probes.Open(launch));
    }

    public IReadOnlyList<double> Run(TimeSpan duration)
    {
        var loops = _connections.Select(connection => connection.ReadAsync(duration)).ToArray();
        return [.. Task.WhenAll(loops).GetAwaiter().GetResult().SelectMany(latenciesMs => latenciesMs)];
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}
