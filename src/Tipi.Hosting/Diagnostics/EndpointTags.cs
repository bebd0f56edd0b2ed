using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tipi.Hosting.Diagnostics;

/// <summary>The tags that say by which endpoint a connection came, as under Kestrel. Connections share them.</summary>
internal sealed class EndpointTags
{
    private EndpointTags(EndPoint? local)
    {
        var tags = new TagList();
        switch (local)
        {
            case IPEndPoint ip:
                tags.Add("server.address", ip.Address.ToString());
                tags.Add("server.port", ip.Port);
                tags.Add("network.type", ip.AddressFamily == AddressFamily.InterNetwork ? "ipv4" : "ipv6");
                tags.Add("network.transport", "tcp");
                break;
            case UnixDomainSocketEndPoint unix:
                tags.Add("server.address", unix.ToString());
                tags.Add("network.transport", "unix");
                break;
        }
        Local = local;
        Tags = tags;
    }

    internal EndPoint? Local { get; }

    internal TagList Tags { get; }

    /// <summary>The tags for a local end point: the given ones, when they are for it.</summary>
    internal static EndpointTags For(EndPoint? local, ref EndpointTags? last)
    {
        EndpointTags? known = Volatile.Read(ref last);
        if (known is not null && Equals(known.Local, local)) return known;
        var made = new EndpointTags(local);
        Volatile.Write(ref last, made);
        return made;
    }
}
