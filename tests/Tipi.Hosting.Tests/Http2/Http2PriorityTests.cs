using System.Buffers;
using System.Text;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>Dialogues about the order of DATA (RFC 9218 §10).</summary>
public sealed class Http2PriorityTests
{
    private const int Size = 60_000;

    // All answers are there before the connection's window opens: from then on only priorities order them.
    [Theory, OnEachTransport]
    public async Task The_more_urgent_come_first(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await BlockedAsync(server);
        await AskAsync(client, 3, "priority: u=5");
        await AskAsync(client, 5, "priority: u=1");
        await AskAsync(client, 7, "x: y"); // 3, as if said
        await AskAsync(client, 9, "priority: u=0, i");

        Assert.Equal("9 5 7 3", await OrderOfEndsAsync(client, 4));
    }

    [Theory, OnEachTransport]
    public async Task Equal_ones_come_one_after_the_other(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await BlockedAsync(server);
        for (int stream = 3; stream <= 9; stream += 2) await AskAsync(client, stream, "priority: u=2");

        Assert.Equal(1, await MostAtOnceAsync(client, 4));
    }

    [Theory, OnEachTransport]
    public async Task Incremental_ones_take_turns(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await BlockedAsync(server);
        for (int stream = 3; stream <= 9; stream += 2) await AskAsync(client, stream, "priority: u=2, i");

        Assert.Equal(4, await MostAtOnceAsync(client, 4));
    }

    [Theory, OnEachTransport]
    public async Task An_update_changes_a_stream_that_waits(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await BlockedAsync(server);
        await AskAsync(client, 3, "priority: u=1");
        await AskAsync(client, 5, "priority: u=6");
        await UpdateAsync(client, 5, "u=0");

        Assert.Equal("5 3", await OrderOfEndsAsync(client, 2));
    }

    [Theory, OnEachTransport]
    public async Task An_update_may_come_before_its_request_and_wins(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await BlockedAsync(server);
        await UpdateAsync(client, 5, "u=0");
        await AskAsync(client, 3, "priority: u=1");
        await AskAsync(client, 5, "priority: u=6");

        Assert.Equal("5 3", await OrderOfEndsAsync(client, 2));
    }

    [Theory, OnEachTransport]
    public async Task What_can_not_be_read_is_the_default(TipiTransport transport)
    {
        await using TestServer server = await StartAsync(transport);
        using Http2Client client = await BlockedAsync(server);
        await AskAsync(client, 3, "priority: u=4");
        await AskAsync(client, 5, "priority: u=0,,");
        await AskAsync(client, 7, "priority: u=2");

        Assert.Equal("7 5 3", await OrderOfEndsAsync(client, 3));
    }

    private static Task<TestServer> StartAsync(TipiTransport transport) =>
        TestServer.StartAsync(
            transport, context =>
            {
                // Not flushed: when the head is sent, the answer is whole.
                context.Response.BodyWriter.Write(new byte[Size]);
                return Task.CompletedTask;
            },
            options => options.Limits.MaxResponseBufferSize = null);

    /// <summary>A client whose connection's window is used up.</summary>
    private static async Task<Http2Client> BlockedAsync(TestServer server)
    {
        Http2Client client = await Http2Client.ConnectAsync(server, (4, 10_000_000));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.AnswerAsync(1);
        await client.HeadersAsync(101, Http2Client.Get + "|priority: u=0");
        // Applications run beside each other: a later head could come before this one.
        Http2Heard heard;
        do heard = await client.HearAsync();
        while (heard.Type != Http2Heard.Headers || heard.Stream != 101);
        return client;
    }

    private static Task AskAsync(Http2Client client, int stream, string priority) =>
        client.HeadersAsync(stream + 100, $"{Http2Client.Get}|{priority}");

    private static Task UpdateAsync(Http2Client client, int stream, string value) =>
        client.SaysAsync(Http2Heard.PriorityUpdate, 0, 0,
            [.. Http2Client.Number(stream + 100), .. Encoding.ASCII.GetBytes(value)]);

    private static async Task<string> OrderOfEndsAsync(Http2Client client, int count)
    {
        var ends = new List<int>();
        await foreach (Http2Heard heard in DataAsync(client, count))
            if (heard.EndsStream) ends.Add(heard.Stream - 100);
        return string.Join(' ', ends);
    }

    /// <summary>How many streams had begun and not ended at the same time.</summary>
    private static async Task<int> MostAtOnceAsync(Http2Client client, int count)
    {
        int most = 0;
        var running = new HashSet<int>();
        await foreach (Http2Heard heard in DataAsync(client, count))
        {
            running.Add(heard.Stream);
            most = Math.Max(most, running.Count);
            if (heard.EndsStream) running.Remove(heard.Stream);
        }

        return most;
    }

    private static async IAsyncEnumerable<Http2Heard> DataAsync(Http2Client client, int count)
    {
        // The heads need no window: when all have come, all answers wait.
        for (int heads = 0; heads < count;)
        {
            Http2Heard heard = await client.HearAsync();
            if (heard.Type == Http2Heard.Headers && heard.Stream > 101) heads++;
        }

        await client.ConnectionGoesOnAsync();
        await client.GrantAsync(0, 10_000_000);
        while (count > 0)
        {
            Http2Heard heard = await client.HearAsync();
            if (heard.Type != Http2Heard.Data || heard.Stream == 101) continue;
            if (heard.EndsStream) count--;
            yield return heard;
        }
    }
}
