using System.Net;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Who is connected, as the application may change it (forwarded headers) for one request.</summary>
internal sealed class PeerFeature(RunningRequest request) : IHttpConnectionFeature
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
        get => _id ?? request.RunningOn.Id;
        set
        {
            request.ThrowIfOver();
            _id = value;
        }
    }

    public IPAddress? RemoteIpAddress
    {
        get => _hasRemoteAddress ? _remoteAddress : Remote?.Address;
        set
        {
            request.ThrowIfOver();
            (_remoteAddress, _hasRemoteAddress) = (value, true);
        }
    }

    public IPAddress? LocalIpAddress
    {
        get => _hasLocalAddress ? _localAddress : Local?.Address;
        set
        {
            request.ThrowIfOver();
            (_localAddress, _hasLocalAddress) = (value, true);
        }
    }

    public int RemotePort
    {
        get => _remotePort ?? Remote?.Port ?? 0;
        set
        {
            request.ThrowIfOver();
            _remotePort = value;
        }
    }

    public int LocalPort
    {
        get => _localPort ?? Local?.Port ?? 0;
        set
        {
            request.ThrowIfOver();
            _localPort = value;
        }
    }

    private IPEndPoint? Remote => request.RunningOn.Transport.RemoteEndPoint as IPEndPoint;

    private IPEndPoint? Local => request.RunningOn.Transport.LocalEndPoint as IPEndPoint;

    internal void Reset()
    {
        _id = null;
        (_remoteAddress, _hasRemoteAddress, _remotePort) = (null, false, null);
        (_localAddress, _hasLocalAddress, _localPort) = (null, false, null);
    }
}
