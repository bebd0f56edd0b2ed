using System.Net.WebSockets;

namespace Tipi.Stack.Tests.Push;

/// <summary>An application whose only endpoint is a WebSocket, and clients for it.</summary>
internal sealed class SocketHost(StackHost host) : IAsyncDisposable
{
    internal StackHost Host => host;

    internal static async Task<SocketHost> StartAsync(
        StackServer server, Func<WebSocket, CancellationToken, Task> serve, WebSocketAcceptContext? accept = null,
        StackWire wire = StackWire.Http1, Action<WebApplicationBuilder>? configure = null) =>
        new(await StackHost.StartAsync(
            server,
            app =>
            {
                app.UseWebSockets();
                app.Map("/socket", async context =>
                {
                    using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync(
                        accept ?? new WebSocketAcceptContext());
                    await serve(socket, context.RequestAborted);
                });
            },
            configure,
            wire));

    internal Task<ClientWebSocket> ConnectAsync(Action<ClientWebSocketOptions>? configure = null) =>
        host.OpenSocketAsync("socket", configure);

    public ValueTask DisposeAsync() => host.DisposeAsync();
}
