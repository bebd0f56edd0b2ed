using System.Net;

namespace Tipi.Hosting;

/// <summary>
/// What a connection that began with a PROXY header was before: a feature of the connection, also to be had from its
/// requests. The client's addresses are where every connection has them.
/// </summary>
public interface IProxyProtocolFeature
{
    /// <summary>1 for the line of text, 2 for the binary header.</summary>
    int Version { get; }

    /// <summary>
    /// True when the header told no address to use: the proxy speaks for itself, as with a health check, or does not
    /// know its client. The connection then shows the proxy's own.
    /// </summary>
    bool IsLocal { get; }

    /// <summary>The proxy's own address; null for a Unix socket without one.</summary>
    EndPoint? ProxyEndPoint { get; }

    /// <summary>Where the proxy connected to.</summary>
    EndPoint? ServerEndPoint { get; }

    /// <summary>
    /// The header's extensions as they came: type (a byte), length (two, big-endian) and value, one after the other.
    /// </summary>
    ReadOnlyMemory<byte> Tlvs { get; }
}
