using System.Net.WebSockets;
using Tipi.Stack.Tests.Push;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>Records as text messages of a WebSocket.</summary>
internal sealed class SocketWire(ClientWebSocket socket) : IHubWire
{
    internal static async Task<IHubWire> OpenAsync(StackHost host, string path) =>
        new SocketWire(await host.OpenSocketAsync(path));

    public Task SendAsync(string records) => socket.SendTextAsync(records);

    public Task<string?> ReceiveAsync(CancellationToken cancellation) => socket.ReceiveTextAsync();

    public async ValueTask DisposeAsync()
    {
        if (socket.State == WebSocketState.Open) await socket.CloseAsync("bye");
        socket.Dispose();
    }
}
