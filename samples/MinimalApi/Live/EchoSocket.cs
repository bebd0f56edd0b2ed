using System.Net.WebSockets;

namespace MinimalApi.Live;

/// <summary>A WebSocket that sends back what it gets, until a side closes or the server stops.</summary>
internal static class EchoSocket
{
    private const int BufferBytes = 4 * 1024;

    public static async Task<IResult> ServeAsync(HttpContext context, IHostApplicationLifetime lifetime)
    {
        if (!context.WebSockets.IsWebSocketRequest)
            return TypedResults.Problem("Ask for a WebSocket here.", statusCode: StatusCodes.Status400BadRequest);
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = lifetime.ApplicationStopping.Register(stopped.SetResult);
        try
        {
            var status = await EchoAsync(socket, stopped.Task);
            await socket.CloseOutputAsync(status, "bye", CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The client left without a word.
        }
        return TypedResults.Empty;
    }

    private static async Task<WebSocketCloseStatus> EchoAsync(WebSocket socket, Task stopped)
    {
        var buffer = new byte[BufferBytes];
        while (true)
        {
            // A token would not do here: a canceled receive aborts the socket, and no farewell could be sent.
            var receive = socket.ReceiveAsync(new ArraySegment<byte>(buffer), CancellationToken.None);
            if (await Task.WhenAny(receive, stopped) == stopped) return WebSocketCloseStatus.EndpointUnavailable;
            var part = await receive;
            if (part.MessageType == WebSocketMessageType.Close) return WebSocketCloseStatus.NormalClosure;
            var sent = buffer.AsMemory(0, part.Count);
            await socket.SendAsync(sent, part.MessageType, part.EndOfMessage, CancellationToken.None);
        }
    }
}
