using System.Net.WebSockets;

namespace Tipi.Compare.App;

/// <summary>Takes a WebSocket through the framework's middleware and sends its messages back until it closes.</summary>
internal static class EchoSocket
{
    // The messages are small, and with many idle connections a large buffer would be all that the memory shows.
    private const int BufferBytes = 256;

    public static async Task AnswerAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[BufferBytes];
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(), CancellationToken.None) is var received
                && received.MessageType != WebSocketMessageType.Close)
            {
                await socket.SendAsync(
                    buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage,
                    CancellationToken.None);
            }

            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The client went away without a close frame.
        }
    }
}
