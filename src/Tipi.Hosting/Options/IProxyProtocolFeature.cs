using System.Net;

namespace Tipi.Hosting;

/// <summary>
/// The PROXY header of a connection: a feature of the connection and of its requests. The client's addresses are in the
/// usual properties of the connection.
/// </summary>
public interface IProxyProtocolFeature
{
    /// <summary>1 for the text header, 2 for the binary header.</summary>
    int Version { get; }

    /// <summary>
    /// True if the header has no address to use: the proxy speaks for itself, as with a health check, or does not know
    /// its client. The connection then shows the proxy's own address.
    /// </summary>
    bool IsLocal { get; }

    /// <summary>The proxy's own address; null for a Unix socket without one.</summary>
    EndPoint? ProxyEndPoint { get; }

    /// <summary>The address that the proxy connected to.</summary>
    EndPoint? ServerEndPoint { get; }

    /// <summary>
    /// The header's extensions as received: type (one byte), length (two bytes, big-endian) and value, one after the
    /// other.
    /// </summary>
    ReadOnlyMemory<byte> Tlvs { get; }
}
