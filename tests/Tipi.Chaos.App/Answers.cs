using System.IO.Pipelines;

namespace Tipi.Chaos.App;

/// <summary>
/// Answers that are bytes of whoever asks: by <c>X-Who</c>, repeated up to the length that was asked for.
/// </summary>
internal static class Answers
{
    internal static Task SendAsync(HttpContext context, int length)
    {
        context.Response.ContentLength = length;
        return WriteAsync(context, length);
    }

    /// <summary>Reads the request and writes the response in two tasks, as a proxy does.</summary>
    internal static async Task ReadAndSendAsync(HttpContext context, int length)
    {
        context.Response.ContentLength = length;
        Task read = Task.Run(() => context.Request.Body.CopyToAsync(Stream.Null));
        Task write = Task.Run(() => WriteAsync(context, length));
        await Task.WhenAll(read, write);
    }

    internal static async Task EchoAsync(HttpContext context)
    {
        using var whole = new MemoryStream();
        await context.Request.Body.CopyToAsync(whole);
        await context.Response.Body.WriteAsync(whole.GetBuffer().AsMemory(0, (int)whole.Length));
    }

    /// <summary>Writes that overlap, since nobody waits for them.</summary>
    internal static Task SendUnawaitedAsync(HttpContext context, int length)
    {
        byte[] answer = Make(context, length);
        for (int at = 0; at < length; at += length / 4 + 1)
            _ = context.Response.Body.WriteAsync(answer.AsMemory(at, Math.Min(length / 4 + 1, length - at))).AsTask();
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context, int length)
    {
        byte[] answer = Make(context, length);
        PipeWriter body = context.Response.BodyWriter;
        for (int at = 0; at < length; at += 4096)
            await body.WriteAsync(answer.AsMemory(at, Math.Min(4096, length - at)));
    }

    private static byte[] Make(HttpContext context, int length)
    {
        string who = context.Request.Headers["X-Who"].ToString();
        return [.. Enumerable.Range(0, length).Select(at => (byte)who[at % who.Length])];
    }
}
