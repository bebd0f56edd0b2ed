using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Features;

/// <summary>Who is connected, as the application may change it (forwarded headers) for one request.</summary>
internal sealed class PeerFeature(HttpExchange exchange) : IHttpConnectionFeature
{
    private string? _id;
    private IPAddress? _remoteAddress;
    private IPAddress? _localAddress;
    private int? _remotePort;
    private int? _localPort;
    private bool _hasRemoteAddress;
    private bool _hasLocalAddress;

    public string ConnectionId
    {
        get => _id ?? exchange.Connection.Id;
        set => _id = value;
    }

    public IPAddress? RemoteIpAddress
    {
        get => _hasRemoteAddress ? _remoteAddress : Remote?.Address;
        set => (_remoteAddress, _hasRemoteAddress) = (value, true);
    }

    public IPAddress? LocalIpAddress
    {
        get => _hasLocalAddress ? _localAddress : Local?.Address;
        set => (_localAddress, _hasLocalAddress) = (value, true);
    }

    public int RemotePort
    {
        get => _remotePort ?? Remote?.Port ?? 0;
        set => _remotePort = value;
    }

    public int LocalPort
    {
        get => _localPort ?? Local?.Port ?? 0;
        set => _localPort = value;
    }

    private IPEndPoint? Remote => exchange.Connection.Transport.RemoteEndPoint as IPEndPoint;

    private IPEndPoint? Local => exchange.Connection.Transport.LocalEndPoint as IPEndPoint;

    internal void Reset()
    {
        _id = null;
        (_remoteAddress, _hasRemoteAddress, _remotePort) = (null, false, null);
        (_localAddress, _hasLocalAddress, _localPort) = (null, false, null);
    }
}
