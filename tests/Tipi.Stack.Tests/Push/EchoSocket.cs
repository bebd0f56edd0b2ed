using System.Net.WebSockets;

namespace Tipi.Stack.Tests.Push;

/// <summary>The server's side of the tests: frames come back as they came.</summary>
internal static class EchoSocket
{
    internal static async Task RunAsync(WebSocket socket, CancellationToken cancellation)
    {
        byte[] buffer = new byte[16 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult frame = await socket.ReceiveAsync(buffer.AsMemory(), cancellation);
            if (frame.MessageType == WebSocketMessageType.Close) break;
            await socket.SendAsync(
                buffer.AsMemory(0, frame.Count), frame.MessageType, frame.EndOfMessage, cancellation);
        }
        await socket.CloseOutputAsync(socket.CloseStatus!.Value, $"you said {socket.CloseStatusDescription}",
            cancellation);
    }
}
