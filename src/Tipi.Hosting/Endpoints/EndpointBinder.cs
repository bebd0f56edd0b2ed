using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Kestrel;
using Tipi.Transport.Uring.Native;

namespace Tipi.Hosting.Endpoints;

/// <summary>Opens the sockets of an endpoint.</summary>
internal sealed class EndpointBinder(ListenerFactories factories, BoundSockets sockets, ServerContext server)
{
    /// <exception cref="IOException">An address is in use or cannot be bound.</exception>
    /// <exception cref="InvalidOperationException">The endpoint's options cannot work.</exception>
    internal async Task<BoundEndpoint> BindAsync(TipiListenOptions options, CancellationToken cancellationToken)
    {
        Check(options, server);
        // Before anything is bound: what the options say may still be found to be wrong.
        var endpoint = EndpointMaker.Make(options, server);
        if ((options.Protocols & HttpProtocols.Http3) != 0) server.Log.Http3Ignored(options.ToString());
        EndPoint wanted = options.EndPoint;
        sockets.Expect(options);
        try
        {
            return options.IsLocalhost
                ? await BindLoopbackAsync(endpoint, cancellationToken)
                : await BindOneAsync(endpoint, cancellationToken);
        }
        catch (Exception error)
        {
            sockets.FileOf(wanted)?.Remove();
            if (BindFailure.Explain(error, options.EndPoint, options.ToString()) is { } explained) throw explained;
            throw;
        }
        finally
        {
            sockets.Forget(wanted);
        }
    }

    private async Task<BoundEndpoint> BindOneAsync(ServerEndpoint endpoint, CancellationToken cancellationToken)
    {
        TipiListenOptions options = endpoint.Options;
        EndPoint wanted = options.EndPoint;
        IConnectionListener listener;
        try
        {
            listener = await OpenAsync(wanted, cancellationToken);
        }
        catch (SocketException error) when (IsAnyIPv6(wanted))
        {
            server.Log.LoopbackSkipped(error, options.ToString(), wanted.ToString()!);
            listener = await OpenAsync(new IPEndPoint(IPAddress.Any, options.IPEndPoint!.Port), cancellationToken);
        }
        options.SetBound(listener.EndPoint);
        string address = AddressText.Of(listener.EndPoint, options.Tls is not null);
        return new BoundEndpoint(endpoint, server, [listener], address, sockets.FileOf(wanted));
    }

    private static bool IsAnyIPv6(EndPoint endPoint) =>
        endPoint is IPEndPoint ip && ip.Address.Equals(IPAddress.IPv6Any);

    /// <exception cref="InvalidOperationException">The options cannot work.</exception>
    internal static void Check(TipiListenOptions options, ServerContext server)
    {
        if ((options.Protocols & HttpProtocols.Http1AndHttp2) == HttpProtocols.None)
            throw new InvalidOperationException(
                $"Cannot listen on {options}: its Protocols are {options.Protocols}, but Tipi serves HTTP/1 and HTTP/2 "
                + "only. Add Http1 or Http2." + (options.Told is null
                    ? ""
                    : " The endpoint was configured for Kestrel by "
                        + $"{KestrelRegistrants.Of(options.ApplicationServices)}."));
        TipiServerLimits own = options.MakeLimits(), all = options.Shared.Limits;
        if (own.MaxRequestBufferSize != all.MaxRequestBufferSize
            || own.MaxResponseBufferSize != all.MaxResponseBufferSize)
            throw new InvalidOperationException(
                $"Cannot listen on {options}: MaxRequestBufferSize and MaxResponseBufferSize apply to the "
                + "server as a whole. Set them in the server's Limits.");
        Prepare(options, server);
    }

    /// <summary>Reads certificates, or reads them again: the default one may have become another.</summary>
    /// <exception cref="InvalidOperationException">One cannot be used.</exception>
    internal static void Prepare(TipiListenOptions options, ServerContext server)
    {
        if (options.Tls is not { } tls) return;
        try
        {
            tls.Prepare(server.Logs.Certificates);
        }
        catch (InvalidOperationException error)
        {
            throw new InvalidOperationException($"Cannot listen on {options}: {error.Message}", error);
        }
    }

    private async Task<BoundEndpoint> BindLoopbackAsync(ServerEndpoint endpoint, CancellationToken cancellationToken)
    {
        TipiListenOptions options = endpoint.Options;
        var listeners = new List<IConnectionListener>();
        SocketException? failure = null;
        foreach (IPAddress address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            var endPoint = new IPEndPoint(address, options.IPEndPoint!.Port);
            try
            {
                listeners.Add(await OpenAsync(endPoint, cancellationToken));
            }
            catch (SocketException error)
            {
                server.Log.LoopbackSkipped(error, options.ToString(), endPoint.ToString());
                failure ??= error;
            }
            catch
            {
                foreach (IConnectionListener listener in listeners) await listener.DisposeAsync();
                throw;
            }
        }
        if (listeners.Count > 0) return new BoundEndpoint(endpoint, server, [.. listeners], options.ToString());
        throw new IOException($"Cannot listen on {options}: {failure!.Message}", failure);
    }

    private ValueTask<IConnectionListener> OpenAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        IConnectionListenerFactory factory = factories.For(endPoint);
        if (endPoint is FileHandleEndPoint handle) KeepFromChildren(handle);
        return factory.BindAsync(endPoint, cancellationToken);
    }

    // What the process was started with is inherited by what it starts, unless somebody says no.
    private static void KeepFromChildren(FileHandleEndPoint handle)
    {
        if (OperatingSystem.IsLinux()) _ = LibC.SetCloseOnExec((int)handle.FileHandle);
    }
}
