using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Tipi.Stack.Tests.Push;

/// <summary>Server-Sent Events of minimal APIs, read by the framework's parser.</summary>
public sealed class ServerSentEventsTests
{
    [Theory, OnEachServer]
    public async Task Each_event_arrives_before_the_next_is_produced(StackServer server)
    {
        var events = Channel.CreateUnbounded<SseItem<string>>();
        await using StackHost host = await StackHost.StartAsync(server, app => app.MapGet(
            "/events",
            (CancellationToken aborted) => TypedResults.ServerSentEvents(events.Reader.ReadAllAsync(aborted))));
        events.Writer.TryWrite(Event(0));
        using HttpResponseMessage answer = await AskAsync(host);
        await using Stream stream = await answer.Content.ReadAsStreamAsync();
        using var limit = new CancellationTokenSource(Eventually.Patience);
        var seen = 0;

        await foreach (SseItem<string> item in SseParser.Create(stream).EnumerateAsync(limit.Token))
        {
            Assert.Equal(Event(seen++), item);
            if (seen == 20) events.Writer.Complete();
            else events.Writer.TryWrite(Event(seen));
        }

        Assert.Equal(20, seen);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Null(answer.Content.Headers.ContentLength);
    }

    [Theory, OnEachServer]
    public async Task A_reader_that_leaves_ends_the_events(StackServer server)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using StackHost host = await StackHost.StartAsync(server, app => app.MapGet(
            "/events", (CancellationToken aborted) => TypedResults.ServerSentEvents(SilentAsync(ended, aborted))));
        using (HttpResponseMessage answer = await AskAsync(host))
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync();
            using var limit = new CancellationTokenSource(Eventually.Patience);
            await stream.ReadExactlyAsync(new byte["data: one\n\n".Length], limit.Token);
        }

        // Nothing more is written that could fail: the server notices the end by itself.
        await ended.Task.WaitAsync(Eventually.Patience);
    }

    private static SseItem<string> Event(int number) => new($"line {number}\nand ⛺", $"kind{number % 3}")
    {
        EventId = $"{number}",
        ReconnectionInterval = TimeSpan.FromSeconds(number + 1),
    };

    private static Task<HttpResponseMessage> AskAsync(StackHost host) =>
        host.Client.GetAsync(new Uri("events", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);

    private static async IAsyncEnumerable<string> SilentAsync(
        TaskCompletionSource ended, [EnumeratorCancellation] CancellationToken aborted)
    {
        try
        {
            yield return "one";
            await Task.Delay(Timeout.Infinite, aborted);
        }
        finally
        {
            ended.SetResult();
        }
    }
}
