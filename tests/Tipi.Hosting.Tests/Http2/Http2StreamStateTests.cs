using Tipi.Hosting.Tests.Server;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// Each frame in each state of a stream (RFC 9113 §5.1): the table of <see cref="Http2StreamStates"/>, led against a
/// real server.
/// </summary>
public sealed class Http2StreamStateTests
{
    private const string Accepted = "accepted";

    /// <summary>State, frame, and what the server says: nothing, a reset of the stream, or a farewell.</summary>
    public static TheoryData<string, string, string> Table => new()
    {
        { "idle", "DATA", "GOAWAY PROTOCOL_ERROR" },
        { "idle", "RST_STREAM", "GOAWAY PROTOCOL_ERROR" },
        { "idle", "WINDOW_UPDATE", "GOAWAY PROTOCOL_ERROR" },
        { "idle", "PRIORITY", Accepted },
        { "idle", "short PRIORITY", "GOAWAY FRAME_SIZE_ERROR" }, // there is nothing to reset
        { "idle", "PRIORITY on itself", "GOAWAY PROTOCOL_ERROR" },
        { "open", "DATA", Accepted },
        { "open", "HEADERS", Accepted },
        { "open", "WINDOW_UPDATE", Accepted },
        { "open", "PRIORITY", Accepted },
        { "open", "RST_STREAM", Accepted },
        { "open", "HEADERS without end", "RST_STREAM PROTOCOL_ERROR" }, // trailers must end the stream (§8.1)
        { "open", "update by nothing", "RST_STREAM PROTOCOL_ERROR" },
        { "open", "short PRIORITY", "RST_STREAM FRAME_SIZE_ERROR" },
        { "open", "PRIORITY on itself", "RST_STREAM PROTOCOL_ERROR" },
        { "half-closed", "DATA", "RST_STREAM STREAM_CLOSED" },
        { "half-closed", "HEADERS", "RST_STREAM STREAM_CLOSED" },
        { "half-closed", "WINDOW_UPDATE", Accepted },
        { "half-closed", "PRIORITY", Accepted },
        { "half-closed", "RST_STREAM", Accepted },
        { "half-closed", "update by nothing", "RST_STREAM PROTOCOL_ERROR" },
        { "closed", "DATA", "GOAWAY STREAM_CLOSED" },
        { "closed", "HEADERS", "GOAWAY STREAM_CLOSED" },
        { "closed", "WINDOW_UPDATE", Accepted },
        { "closed", "PRIORITY", Accepted },
        { "closed", "RST_STREAM", Accepted },
        { "reset by the client", "DATA", "GOAWAY STREAM_CLOSED" },
        { "reset by the client", "HEADERS", "GOAWAY STREAM_CLOSED" },
        { "reset by the client", "WINDOW_UPDATE", Accepted },
        { "reset by the client", "PRIORITY", Accepted },
        { "reset by the client", "RST_STREAM", Accepted },
        { "reset by the server", "DATA", Accepted },
        { "reset by the server", "HEADERS", Accepted },
        { "reset by the server", "WINDOW_UPDATE", Accepted },
        { "reset by the server", "PRIORITY", Accepted },
        { "reset by the server", "RST_STREAM", Accepted },
        { "skipped", "HEADERS", "GOAWAY STREAM_CLOSED" }, // closed by a later one (§5.1.1)
        { "skipped", "DATA", "GOAWAY STREAM_CLOSED" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public async Task A_frame_means_what_the_table_says(string state, string frame, string wanted)
    {
        var gate = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(TipiTransport.Sockets, async context =>
        {
            if (context.Request.Path == "/wait") await gate.Task.WaitAsync(context.RequestAborted);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await LeadToAsync(client, state);
        await SayAsync(client, frame);

        string[] parts = wanted.Split(' ');
        if (parts[0] == "GOAWAY")
        {
            await client.ConnectionEndsAsync(parts[1]);
            return;
        }

        if (parts[0] == "RST_STREAM") await client.HearsAsync($"RST_STREAM 1 {parts[1]}");
        await client.ConnectionGoesOnAsync();
        gate.SetResult();
        Assert.Equal(200, (await client.AskAsync(5, Http2Client.Get)).Status);
    }

    // What is ignored must not be forgotten: a field block changes the table, and DATA takes from the window.
    [Theory, OnEachTransport]
    public async Task What_comes_after_a_reset_is_ignored_and_counted(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Headers["x-kept"].ToString()),
            options => options.Limits.Http2.InitialConnectionWindowSize = 65_535);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await LeadToAsync(client, "reset by the server");
        byte[] indexed = [0x40, 6, .. "x-kept"u8, 5, .. "value"u8]; // becomes entry 62
        await client.SaysAsync(Http2Heard.Headers, 5, 1, indexed);
        for (int i = 0; i < 20; i++) await client.SaysAsync(Http2Heard.Data, 0, 1, new byte[8_192]);
        byte[] request = [.. FieldBlock.Encode(Http2Client.Get), 0x80 | 62];
        await client.SaysAsync(Http2Heard.Headers, 5, 3, request);

        Assert.Equal("value", (await client.AnswerAsync(3)).Body);
        Assert.InRange(client.Granted[0], 20 * 8_192 - 65_535, 20 * 8_192);
    }

    [Theory, OnEachTransport]
    public async Task Streams_are_opened_in_order(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        Assert.Equal(200, (await client.AskAsync(7, Http2Client.Get)).Status);
        Assert.Equal(200, (await client.AskAsync(int.MaxValue, Http2Client.Get)).Status);
    }

    private static async Task LeadToAsync(Http2Client client, string state)
    {
        string waiting = Http2Client.Post.Replace("path: /", "path: /wait", StringComparison.Ordinal);
        switch (state)
        {
            case "open":
                await client.HeadersAsync(1, waiting, endStream: false);
                break;
            case "half-closed":
                await client.HeadersAsync(1, waiting);
                break;
            case "closed":
                await client.AskAsync(1, Http2Client.Get);
                break;
            case "reset by the client":
                await client.HeadersAsync(1, waiting, endStream: false);
                await client.ResetAsync(1);
                break;
            case "reset by the server":
                await client.HeadersAsync(1, Http2Client.Get + "|connection: close", endStream: false);
                await client.HearsAsync("RST_STREAM 1 PROTOCOL_ERROR");
                break;
            case "skipped":
                await client.AskAsync(3, Http2Client.Get);
                break;
        }
    }

    private static Task SayAsync(Http2Client client, string frame) => frame switch
    {
        "DATA" => client.DataAsync(1, "x"),
        "HEADERS" => client.HeadersAsync(1, "x: y"),
        "HEADERS without end" => client.HeadersAsync(1, "x: y", endStream: false),
        "RST_STREAM" => client.ResetAsync(1),
        "WINDOW_UPDATE" => client.GrantAsync(1, 1),
        "update by nothing" => client.GrantAsync(1, 0),
        "PRIORITY" => client.SaysAsync(Http2Heard.Priority, 0, 1, 0, 0, 0, 3, 16),
        "short PRIORITY" => client.SaysAsync(Http2Heard.Priority, 0, 1, 0, 0, 0, 3),
        "PRIORITY on itself" => client.SaysAsync(Http2Heard.Priority, 0, 1, 0, 0, 0, 1, 16),
        _ => throw new ArgumentException(frame),
    };
}
