namespace Tipi.Compare.App;

/// <summary>
/// What an attacker asks for: an upload that is read, one that is not, a large answer, late ones, a small one.
/// </summary>
internal static class SiegeHandlers
{
    private const int BlockBytes = 64 * 1024;
    private const int BigBytes = 10 * 1024 * 1024;

    // Not without end: a wait that only the request itself could end has no timer, and Kestrel, which holds its
    // connections weakly, lost paused ones with it to the garbage collector ("application never completed").
    private static readonly TimeSpan LongWait = TimeSpan.FromHours(1);

    private static readonly byte[] Block = new byte[BlockBytes];

    public static Task AnswerAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/upload" => ReadAsync(context),
        "/unread" => Task.Delay(LongWait, context.RequestAborted),
        "/slow" => SlowAsync(context),
        "/work" => WorkAsync(context),
        "/big" => BigAsync(context),
        _ => Handlers.PlaintextAsync(context),
    };

    private static async Task ReadAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        while (await reader.ReadAsync(context.RequestAborted) is { IsCompleted: false } read)
            reader.AdvanceTo(read.Buffer.End);
        await Handlers.PlaintextAsync(context);
    }

    private static async Task SlowAsync(HttpContext context)
    {
        await Task.Delay(200, context.RequestAborted);
        await Handlers.PlaintextAsync(context);
    }

    // Works on when nobody waits any more, as a query of a database that was sent does.
    private static async Task WorkAsync(HttpContext context)
    {
        await Task.Delay(200, CancellationToken.None);
        await Handlers.PlaintextAsync(context);
    }

    private static async Task BigAsync(HttpContext context)
    {
        context.Response.ContentLength = BigBytes;
        for (var rest = BigBytes; rest > 0; rest -= BlockBytes)
            await context.Response.Body.WriteAsync(Block, context.RequestAborted);
    }
}
