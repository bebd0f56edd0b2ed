using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MinimalApi.Live;

/// <summary>
/// A WebSocket, a chat; server-sent events, a stream that ends and one that goes on until a side leaves.
/// </summary>
internal static class LiveEndpoints
{
    private static readonly string[] Words = ["smoke", "spark", "flame", "ember", "ash"];

    public static void MapLive(this IEndpointRouteBuilder app)
    {
        var live = app.MapGroup("/live").WithTags("Live");
        live.MapGet("/ticks", Ticks);
        live.MapGet("/todos", Todos);
        live.MapGet("/echo", EchoSocket.ServeAsync);
        // How a WebSocket begins on HTTP/2 (RFC 8441).
        live.MapMethods("/echo", [HttpMethods.Connect], EchoSocket.ServeAsync).ExcludeFromDescription();
        live.MapHub<ChatHub>("/chat");
    }

    private static Results<ServerSentEventsResult<Tick>, ValidationProblem> Ticks(
        CancellationToken stop, int count = 5, int everyMs = 20)
    {
        if (count is < 0 or > 1000 || everyMs is < 0 or > 1000)
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>
            {
                ["count"] = ["count and everyMs are 0 to 1000."],
            });
        return TypedResults.ServerSentEvents(BeatAsync(count, everyMs, stop));
    }

    private static async IAsyncEnumerable<SseItem<Tick>> BeatAsync(
        int count, int everyMs, [EnumeratorCancellation] CancellationToken stop)
    {
        for (var number = 1; number <= count; number++)
        {
            if (everyMs > 0) await Task.Delay(everyMs, stop);
            var tick = new Tick(number, Words[(number - 1) % Words.Length]);
            yield return new SseItem<Tick>(tick, "tick") { EventId = $"{number}" };
        }
    }

    private static ServerSentEventsResult<TodoChange> Todos(
        Feed feed, IHostApplicationLifetime lifetime, CancellationToken aborted) =>
        TypedResults.ServerSentEvents(ChangesAsync(feed, lifetime.ApplicationStopping, aborted), "todo");

    // A stream without an end would hold up a graceful stop: it ends when the server stops.
    private static async IAsyncEnumerable<TodoChange> ChangesAsync(
        Feed feed, CancellationToken stopping, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, aborted);
        await using var changes = feed.ListenAsync(either.Token).GetAsyncEnumerator(either.Token);
        while (await NextAsync(changes)) yield return changes.Current;
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<TodoChange> changes)
    {
        try
        {
            return await changes.MoveNextAsync();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
