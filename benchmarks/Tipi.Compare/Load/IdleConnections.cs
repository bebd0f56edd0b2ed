using System.Net.Sockets;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>Many keep-alive connections that do nothing most of the time; disposing closes them.</summary>
internal sealed class IdleConnections : IDisposable
{
    private readonly List<Socket> _connections = [];
    private readonly AnswerProbe _probe;

    private IdleConnections(AnswerProbe probe) => _probe = probe;

    /// <summary>Opens them one after the other.</summary>
    public static IdleConnections Open(Launch launch, int count)
    {
        var opened = new IdleConnections(new AnswerProbe(launch.Workload, launch.Port));
        try
        {
            while (opened._connections.Count < count)
            {
                opened._connections.Add(
                    opened._probe.TryConnect() ?? throw new MeasurementException("a connection was refused"));
            }

            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>One request and its answer on each.</summary>
    public void AskEach()
    {
        foreach (var connection in _connections)
            _probe.Ask(connection);
    }

    /// <summary>Throws when the server closed one: then fewer than so many were held.</summary>
    public void RequireOpen()
    {
        var closed = _connections.Count(connection => connection.Poll(0, SelectMode.SelectRead));
        if (closed > 0)
            throw new MeasurementException($"{closed} of {_connections.Count} connections were closed while idle");
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}
