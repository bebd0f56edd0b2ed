using System.Globalization;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>What gRPC clients, gateways and browsers do that looks like an attack to who counts frames alone.</summary>
public sealed class HonestClientTests
{
    private const int Messages = 5000;

    /// <summary>As grpc-go does: each small message is answered by updates of two windows and a ping.</summary>
    [Theory, OnEachTransport]
    public async Task Who_answers_each_small_message_is_served_for_as_long_as_it_runs(TipiTransport transport)
    {
        var next = new SemaphoreSlim(0);
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            for (int i = 0; i < Messages; i++)
            {
                await context.Response.WriteAsync("a message of 25 bytes....");
                await next.WaitAsync();
            }
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        for (int i = 0; i < Messages; i++)
        {
            await client.HearsAsync("DATA 1 a message of 25 bytes....");
            await client.GrantAsync(0, 25);
            await client.GrantAsync(1, 25);
            await client.SaysAsync(Http2Heard.Ping, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8);
            await client.HearsAsync("PING ACK 0102030405060708");
            next.Release();
        }
        await client.HearsAsync("DATA 1 END_STREAM");
    }

    /// <summary>Messages that were read late are answered all at once.</summary>
    [Theory, OnEachTransport]
    public async Task Who_answers_all_messages_at_once_is_served(TipiTransport transport)
    {
        const int AtOnce = 2000;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            for (int i = 0; i < AtOnce; i++)
            {
                await context.Response.WriteAsync("message");
                if (i % 10 == 0) await Task.Yield();
            }
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        int frames = 0;
        while (!client.Answer(1).IsOver)
        {
            if ((await client.HearAnyAsync()).Type == Http2Heard.Data) frames++;
        }
        byte[] update = Http2Client.Frame(Http2Heard.WindowUpdate, 0, 0, Http2Client.Number(7));
        await client.SendAsync([.. Enumerable.Range(0, 3 * frames).SelectMany(_ => update)]);
        await client.ConnectionGoesOnAsync();
    }

    /// <summary>A gateway whose users leave their event streams, or what they watch, after some time.</summary>
    [Theory, OnEachTransport]
    public async Task Streams_that_lived_may_be_given_up_in_any_number(TipiTransport transport)
    {
        const int Rounds = 8;
        const int AtOnce = 75;
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/events") await context.Response.WriteAsync("event");
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server);
        int id = -1;
        for (int round = 0; round < Rounds; round++)
        {
            bool isWatch = round == Rounds - 1;
            int first = id + 2;
            for (int i = 0; i < AtOnce; i++)
                await client.HeadersAsync(id += 2, Path(isWatch ? "/watch" : "/events"));
            // What was written begins the answer; of what only waits it is its age that tells.
            if (isWatch) await Task.Delay(3000);
            for (int stream = first; stream <= id && !isWatch; stream += 2)
                while (client.Answer(stream).Body.Length == 0) await client.HearAnyAsync();
            for (int stream = first; stream <= id; stream += 2) await client.ResetAsync(stream);
            await client.ConnectionGoesOnAsync();
        }
    }

    [Theory, OnEachTransport]
    public async Task Allowances_are_options(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => Task.Delay(Timeout.Infinite, context.RequestAborted), options =>
            {
                options.Limits.Http2Allowances.Resets = 5;
                options.Limits.Http2Allowances.ControlFrames = 7;
            });
        using Http2Client resetter = await Http2Client.ConnectAsync(server);
        for (int i = 0; i < 6; i++)
        {
            await resetter.HeadersAsync(2 * i + 1, Http2Client.Get);
            await resetter.ResetAsync(2 * i + 1);
        }
        await resetter.ConnectionEndsAsync("ENHANCE_YOUR_CALM");
        using Http2Client flooder = await Http2Client.ConnectAsync(server);
        for (int i = 0; i < 8; i++) await flooder.GrantAsync(0, 1);
        await flooder.ConnectionEndsAsync("ENHANCE_YOUR_CALM");
    }

    /// <summary>What the client takes of others counts for its rate.</summary>
    [Theory, OnEachTransport]
    public async Task Who_reads_at_full_speed_loses_nothing_that_is_less_urgent(TipiTransport transport)
    {
        const int Size = 600_000;
        await using TestServer server = await TestServer.StartAsync(
            transport,
            context =>
            {
                // The second one wants far more than the others; all together they get it.
                if (context.Features.Get<IHttp2StreamIdFeature>()!.StreamId == 3)
                    context.Features.Get<IHttpMinResponseDataRateFeature>()!.MinDataRate =
                        new(100_000, TimeSpan.FromSeconds(1.5));
                return context.Response.WriteAsync(new string('x', Size));
            },
            options => options.Limits.MinResponseDataRate = new(240, TimeSpan.FromSeconds(1.5)));
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 1 << 20));
        for (int stream = 1; stream <= 5; stream += 2)
            await client.HeadersAsync(stream, $"{Http2Client.Get}|priority: u=3");
        // 64 KiB at a time, so that all of it takes several times the grace.
        for (int taken = 65_535; taken < 3 * Size; taken += 60_000)
        {
            await client.GrantAsync(0, 60_000);
            await Task.Delay(200);
        }
        for (int stream = 1; stream <= 5; stream += 2)
        {
            Http2Answer answer = await client.AnswerAsync(stream);
            Assert.Equal((null, Size), (answer.ResetCode, answer.Body.Length));
        }
    }

    /// <summary>And who takes nothing at all of the whole connection is as slow as ever.</summary>
    [Theory, OnEachTransport]
    public async Task Who_takes_nothing_on_the_connection_is_reset(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(new string('x', 200_000)),
            options => options.Limits.MinResponseDataRate = new(240, TimeSpan.FromSeconds(1.5)));
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 1 << 20));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HeadersAsync(3, Http2Client.Get);
        Assert.Equal("CANCEL", (await client.AnswerAsync(1)).ResetCode);
        Assert.Equal("CANCEL", (await client.AnswerAsync(3)).ResetCode);
    }

    [Theory, OnEachTransport]
    public async Task An_urgent_answer_without_an_end_leaves_the_others_a_share(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            byte[] piece = new byte[100_000];
            if (context.Request.Path != "/endless") await context.Response.Body.WriteAsync(piece);
            else while (!context.RequestAborted.IsCancellationRequested) await context.Response.Body.WriteAsync(piece);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 1 << 30));
        await client.GrantAsync(0, 1_000_000_000);
        await client.HeadersAsync(1, $"{Path("/endless")}|priority: u=0");
        while (client.Answer(1).Body.Length < 100_000) await client.HearAnyAsync();
        await client.HeadersAsync(3, $"{Http2Client.Get}|priority: u=3");
        await client.HeadersAsync(5, $"{Http2Client.Get}|priority: u=5");
        await client.HeadersAsync(7, $"{Http2Client.Get}|priority: u=0");
        foreach (int stream in (int[])[3, 5, 7])
            Assert.Equal(100_000, (await client.AnswerAsync(stream)).Body.Length);
        await client.ResetAsync(1);
    }

    /// <summary>Hints to a client that pauses wait with their streams.</summary>
    [Theory, OnEachTransport]
    public async Task Hints_of_many_streams_wait_for_a_client_that_pauses(TipiTransport transport)
    {
        const int Streams = 100;
        string link = $"</{new string('x', 1500)}>; rel=preload";
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/big")
            {
                await context.Response.WriteAsync(new string('x', 20_000_000));
                return;
            }
            await context.Response.SendInformationalAsync(103, new HeaderDictionary { ["Link"] = link });
            await context.Response.WriteAsync("done");
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 1 << 30));
        await client.GrantAsync(0, 1_000_000_000);
        await client.HeadersAsync(1, Path("/big"));
        await Task.Delay(1000); // the sockets' buffers are full
        for (int i = 1; i < Streams; i++) await client.HeadersAsync(2 * i + 1, Http2Client.Get);
        await Task.Delay(1000);
        for (int i = 1; i < Streams; i++)
        {
            Http2Answer answer = await client.AnswerAsync(2 * i + 1);
            Assert.Equal(("done", 103), (answer.Body, Assert.Single(answer.Informational)));
        }
    }

    [Theory, OnEachTransport]
    public async Task Priorities_of_streams_that_never_open_make_room(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(new string('x', 60_000)));
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.AskAsync(1, Http2Client.Get); // nearly all of the connection's window
        for (int i = 0; i < 40; i++)
            await PrioritizeAsync(client, 101 + 2 * i, "u=7");
        await PrioritizeAsync(client, 203, "u=0");
        await client.HeadersAsync(201, Http2Client.Get);
        await client.HeadersAsync(203, Http2Client.Get);
        await client.HasTakenAllAsync();
        await client.GrantAsync(0, 1_000_000);
        while (!client.Answer(201).IsOver && !client.Answer(203).IsOver) await client.HearAnyAsync();
        Assert.True(client.Answer(203).IsOver);
    }

    /// <summary>A stream of no answer may follow the announcement; it is not promised by a later one.</summary>
    [Theory, OnEachTransport]
    public async Task A_farewell_does_not_promise_more_than_the_one_before(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport, context => Task.Delay(1500, context.RequestAborted));
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.ConnectionGoesOnAsync();
        Task stop = server.StopAsync(TimeSpan.FromSeconds(20));
        Http2Heard heard;
        do
        {
            heard = await client.HearAsync();
            bool isAsked = heard.Type == Http2Heard.Ping && !heard.IsAck;
            if (isAsked) await client.SaysAsync(Http2Heard.Ping, 1, 0, heard.Payload);
        }
        while (client.Farewells.Count < 2);
        await client.HeadersAsync(3, Http2Client.Get);
        await client.SaysAsync(Http2Heard.Data, 0, 0, 1); // a fault: there is another farewell
        await client.ConnectionEndsAsync();
        await stop;
        int[] ids = [.. client.Farewells.Select(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture))];
        Assert.Equal([int.MaxValue, 1, 1], ids);
    }

    private static Task PrioritizeAsync(Http2Client client, int stream, string priority) =>
        client.SaysAsync(
            Http2Heard.PriorityUpdate, 0, 0,
            [.. Http2Client.Number(stream), .. System.Text.Encoding.ASCII.GetBytes(priority)]);

    private static string Path(string path) => $":method: GET|:scheme: http|:path: {path}|:authority: localhost";
}
