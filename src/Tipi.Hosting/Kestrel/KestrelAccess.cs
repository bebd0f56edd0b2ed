using System.Net;
using System.Net.Security;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;

namespace Tipi.Hosting.Kestrel;

/// <summary>
/// What Kestrel's options keep to themselves. The runtime binds these to the members they name, without reflection, and
/// a trimmer keeps those members. Where a framework has one of them no more, the call throws
/// <see cref="MissingMemberException"/>, and the start is refused: what was told would be lost.
/// </summary>
internal static class KestrelAccess
{
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_CodeBackedListenOptions")]
    internal static extern List<ListenOptions> CodeEndpoints(KestrelServerOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EndpointDefaults")]
    internal static extern Action<ListenOptions> EndpointDefaults(KestrelServerOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_HttpsDefaults")]
    internal static extern Action<HttpsConnectionAdapterOptions> HttpsDefaults(KestrelServerOptions options);

    /// <summary>Adds the endpoints that code gave to the loader; the second time it does nothing.</summary>
    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ProcessEndpointsToAdd")]
    internal static extern void AddEndpoints(KestrelConfigurationLoader loader);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EndpointConfigurations")]
    internal static extern IDictionary<string, Action<EndpointConfiguration>> NamedEndpoints(
        KestrelConfigurationLoader loader);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    internal static extern EndpointConfiguration MakeConfiguration(
        bool isHttps, ListenOptions listenOptions, HttpsConnectionAdapterOptions httpsOptions,
        IConfigurationSection configSection);

    [UnsafeAccessor(UnsafeAccessorKind.Constructor)]
    internal static extern ListenOptions MakeEndpoint(EndPoint endPoint);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_KestrelServerOptions")]
    internal static extern void SetServer(ListenOptions endpoint, KestrelServerOptions options);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_EndPoint")]
    internal static extern void SetEndPoint(ListenOptions endpoint, EndPoint bound);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_ProtocolsSetExplicitly")]
    internal static extern bool HasOwnProtocols(ListenOptions endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_IsTls")]
    internal static extern bool IsTls(ListenOptions endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_HttpsOptions")]
    internal static extern HttpsConnectionAdapterOptions? HttpsOptions(ListenOptions endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_HttpsCallbackOptions")]
    internal static extern TlsHandshakeCallbackOptions? HandshakeOptions(ListenOptions endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_middleware")]
    internal static extern ref List<Func<ConnectionDelegate, ConnectionDelegate>> Steps(ListenOptions endpoint);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_SslStream")]
    internal static extern void SetStream(TlsHandshakeCallbackContext handshake, SslStream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_ClientHelloInfo")]
    internal static extern void SetHello(TlsHandshakeCallbackContext handshake, SslClientHelloInfo hello);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_State")]
    internal static extern void SetState(TlsHandshakeCallbackContext handshake, object? state);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_CancellationToken")]
    internal static extern void SetCancellation(TlsHandshakeCallbackContext handshake, CancellationToken token);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_Connection")]
    internal static extern void SetConnection(TlsHandshakeCallbackContext handshake, ConnectionContext connection);
}
