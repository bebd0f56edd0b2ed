using System.Net.WebSockets;
using System.Text;

namespace Tipi.Stack.Tests.Push;

/// <summary>Whole messages over a WebSocket, within a test's patience.</summary>
internal static class SocketText
{
    internal static async Task SendBytesAsync(this WebSocket socket, byte[] message, bool isEnd = true)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        await socket.SendAsync(message.AsMemory(), WebSocketMessageType.Binary, isEnd, limit.Token);
    }

    internal static async Task SendTextAsync(this WebSocket socket, string message)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        byte[] bytes = Encoding.UTF8.GetBytes(message);
        await socket.SendAsync(bytes.AsMemory(), WebSocketMessageType.Text, true, limit.Token);
    }

    /// <summary>The next message; null: the other side closes.</summary>
    internal static async Task<byte[]?> ReceiveBytesAsync(this WebSocket socket)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        using var message = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            ValueWebSocketReceiveResult frame = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
            if (frame.MessageType == WebSocketMessageType.Close) return null;
            message.Write(buffer, 0, frame.Count);
            if (frame.EndOfMessage) return message.ToArray();
        }
    }

    internal static async Task<string?> ReceiveTextAsync(this WebSocket socket) =>
        await socket.ReceiveBytesAsync() is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    internal static async Task CloseAsync(this WebSocket socket, string why)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, why, limit.Token);
    }
}
