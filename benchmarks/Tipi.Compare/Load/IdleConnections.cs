using System.Net.Sockets;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>Many connections that do nothing most of the time; disposing closes them.</summary>
internal sealed class IdleConnections : IDisposable
{
    private readonly List<IProbe> _connections = [];

    private IdleConnections()
    {
    }

    /// <summary>Opens them one after the other.</summary>
    public static IdleConnections Open(Launch launch, int count)
    {
        var opened = new IdleConnections();
        try
        {
            while (opened._connections.Count < count)
                opened._connections.Add(Probes.Open(launch));

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
            connection.Ask();
    }

    /// <summary>Throws when the server closed one: then fewer than so many were held.</summary>
    public void RequireOpen()
    {
        var closed = _connections.Count(connection => connection.Socket.Poll(0, SelectMode.SelectRead));
        if (closed > 0)
            throw new MeasurementException($"{closed} of {_connections.Count} connections were closed while idle");
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
            connection.Dispose();
    }
}
