using System.Net;

namespace Tipi.Hosting.Connections;

/// <summary>See <see cref="IProxyProtocolFeature"/>.</summary>
internal sealed class ProxyProtocolFeature : IProxyProtocolFeature
{
    public required int Version { get; init; }

    public required bool IsLocal { get; init; }

    public EndPoint? ProxyEndPoint { get; init; }

    public EndPoint? ServerEndPoint { get; init; }

    public ReadOnlyMemory<byte> Tlvs { get; init; }
}
