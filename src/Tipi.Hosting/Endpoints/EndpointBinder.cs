using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Endpoints;

/// <summary>
/// Binds what the options and the host ask for: endpoints given in code, else the host's addresses, else the default.
/// Afterwards the host's addresses are the real ones.
/// </summary>
internal sealed class EndpointBinder(IConnectionListenerFactory transport, ServerContext server)
{
    private const string DefaultAddress = "http://localhost:5000";

    private readonly List<string> _addresses = [];

    /// <summary>What is bound so far; the caller disposes it, also after a failure.</summary>
    internal List<BoundEndpoint> Bound { get; } = [];

    /// <exception cref="IOException">An address is in use or can not be bound.</exception>
    /// <exception cref="InvalidOperationException">An address is not one this server can listen on.</exception>
    internal async Task BindAsync(IServerAddressesFeature addresses, CancellationToken cancellationToken)
    {
        bool hasAddresses = addresses.Addresses.Count > 0;
        if (server.Options.CodeEndpoints.Count > 0 && !(hasAddresses && addresses.PreferHostingUrls))
        {
            if (hasAddresses) server.Log.AddressesOverridden(string.Join(", ", addresses.Addresses));
            foreach (TipiListenOptions endpoint in server.Options.CodeEndpoints)
                await ListenAsync(endpoint, cancellationToken);
        }
        else if (hasAddresses)
        {
            foreach (string address in addresses.Addresses) await BindAsync(address, cancellationToken);
        }
        else await BindAsync(DefaultAddress, cancellationToken);
        addresses.Addresses.Clear();
        foreach (string address in _addresses) addresses.Addresses.Add(address);
    }

    private async Task BindAsync(string text, CancellationToken cancellationToken)
    {
        BindingAddress address = BindingAddress.Parse(text);
        if (address.Scheme.Equals("https", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"Can not listen on {text}: this version of Tipi serves http only.");
        if (!address.Scheme.Equals("http", StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"Can not listen on {text}: its scheme is not http.");
        if (address.PathBase.Length > 0)
            throw new InvalidOperationException($"Can not listen on {text}: use UsePathBase() for a path.");
        if (address.IsUnixPipe)
            await ListenAsync(Make(new UnixDomainSocketEndPoint(address.UnixPipePath)), cancellationToken);
        else if (address.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            await ListenOnLoopbackAsync(address.Port, cancellationToken);
        else await ListenAsync(Make(EndPointOf(address)), cancellationToken);
    }

    private static IPEndPoint EndPointOf(BindingAddress address)
    {
        if (IPAddress.TryParse(address.Host, out IPAddress? ip)) return new IPEndPoint(ip, address.Port);
        // As in Kestrel every name but localhost means all local addresses: a host name is for the Host header.
        return new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, address.Port);
    }

    private async Task ListenOnLoopbackAsync(int port, CancellationToken cancellationToken)
    {
        if (port == 0)
            throw new InvalidOperationException(
                "Can not listen on http://localhost:0: its two addresses would get different ports. "
                + "Use http://127.0.0.1:0 or http://[::1]:0.");
        Exception? first = await TryListenOnLoopbackAsync(IPAddress.Loopback, port, cancellationToken);
        Exception? second = await TryListenOnLoopbackAsync(IPAddress.IPv6Loopback, port, cancellationToken);
        if (first is not null && second is not null)
            throw new IOException($"Can not listen on http://localhost:{port}: {first.Message}", first);
        _addresses.Add($"http://localhost:{port}");
    }

    private async Task<Exception?> TryListenOnLoopbackAsync(IPAddress ip, int port, CancellationToken cancellationToken)
    {
        var endPoint = new IPEndPoint(ip, port);
        try
        {
            TipiListenOptions endpoint = Make(endPoint);
            IConnectionListener listener = await BindAsync(endPoint, $"http://localhost:{port}", cancellationToken);
            Bound.Add(new BoundEndpoint(listener, new ServerEndpoint(endpoint, server)));
            return null;
        }
        catch (SocketException error)
        {
            server.Log.LoopbackSkipped(error, $"http://localhost:{port}", endPoint.ToString());
            return error;
        }
    }

    private async Task ListenAsync(TipiListenOptions endpoint, CancellationToken cancellationToken)
    {
        EndPoint endPoint = endpoint.EndPoint;
        IConnectionListener listener;
        try
        {
            listener = await BindAsync(endPoint, AddressOf(endPoint), cancellationToken);
        }
        catch (SocketException error) when (endPoint is IPEndPoint { AddressFamily: AddressFamily.InterNetworkV6 } any
            && any.Address.Equals(IPAddress.IPv6Any))
        {
            server.Log.LoopbackSkipped(error, AddressOf(endPoint), endPoint.ToString()!);
            var v4 = new IPEndPoint(IPAddress.Any, any.Port);
            listener = await BindAsync(v4, AddressOf(v4), cancellationToken);
        }
        Bound.Add(new BoundEndpoint(listener, new ServerEndpoint(endpoint, server)));
        _addresses.Add(AddressOf(listener.EndPoint));
    }

    private TipiListenOptions Make(EndPoint endPoint) => new(endPoint, server.Options);

    private async Task<IConnectionListener> BindAsync(
        EndPoint endPoint, string address, CancellationToken cancellationToken)
    {
        try
        {
            return await transport.BindAsync(endPoint, cancellationToken);
        }
        catch (AddressInUseException error)
        {
            throw new IOException(
                $"Can not listen on {address}: the address is in use. Stop the other process or choose another port, "
                + "for instance with --urls.", error);
        }
    }

    private static string AddressOf(EndPoint endPoint) => endPoint switch
    {
        UnixDomainSocketEndPoint unix => $"http://unix:{unix}",
        _ => $"http://{endPoint}",
    };
}
