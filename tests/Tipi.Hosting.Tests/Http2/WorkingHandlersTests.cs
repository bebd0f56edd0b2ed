using System.Net;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// What makes resets expensive: requests that go on when nobody waits for them. The client counts them no longer
/// (RFC 9113 §5.1.2); the server does, up to twice what the client may open and at least a hundred.
/// </summary>
public sealed class WorkingHandlersTests
{
    [Theory, OnEachTransport]
    public async Task Reset_requests_whose_handlers_go_on_are_bounded(TipiTransport transport)
    {
        const int InUse = 120;
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(
            transport, options => options.Limits.Http2.MaxStreamsPerConnection = InUse / 2);
        using Foe foe = await Foe.GreetAsync(server);
        for (int i = 0; i < InUse; i++) await foe.SendAsync(Foe.Get(2 * i + 1, "/work"), Foe.Reset(2 * i + 1));
        await Eventually.HoldsAsync(() => app.Running == InUse, () => $"{app.Running} requests run");

        await foe.SendAsync(Foe.Get(301, "/work"));
        FoeFrame refusal = await foe.ReadAsync(frame => frame.Type == FoeFrame.ResetType);
        Assert.Equal((301, "REFUSED_STREAM"), (refusal.Stream, refusal.Code));

        app.Release();
        await app.WhenNoneRunsAsync();
        Assert.Equal(InUse, app.MostRunning);
        await foe.SendAsync(Foe.Get(303));
        Assert.Equal("200", (await foe.ReadHeadAsync(303)).Status);
    }

    /// <summary>A browser that leaves a page and opens the next.</summary>
    [Theory, OnEachTransport]
    public async Task A_client_that_gave_its_requests_up_may_ask_anew(TipiTransport transport)
    {
        const int Streams = 10;
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(
            transport, options => options.Limits.Http2.MaxStreamsPerConnection = Streams);
        using Foe foe = await Foe.GreetAsync(server);
        for (int i = 0; i < Streams; i++) await foe.SendAsync(Foe.Get(2 * i + 1, "/work"));
        await Eventually.HoldsAsync(() => app.Running == Streams, () => $"{app.Running} requests run");
        for (int i = 0; i < Streams; i++) await foe.SendAsync(Foe.Reset(2 * i + 1));

        await foe.SendAsync(Foe.Get(101));
        Assert.Equal("200", (await foe.ReadHeadAsync(101)).Status);

        app.Release();
        await app.WhenNoneRunsAsync();
    }

    /// <summary>A client that has the whole answer opens the next stream; the handler may still run.</summary>
    [Theory, OnEachTransport]
    public async Task An_answered_request_gives_its_place_to_the_next(TipiTransport transport)
    {
        const int Streams = 3;
        var gate = new TaskCompletionSource();
        int running = 0;
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                Interlocked.Increment(ref running);
                await context.Response.CompleteAsync();
                await gate.Task;
            },
            options => options.Limits.Http2.MaxStreamsPerConnection = Streams);
        using Http2Client client = await Http2Client.ConnectAsync(server);

        for (int i = 0; i < 4 * Streams; i++)
            Assert.Equal(200, (await client.AskAsync(2 * i + 1, Http2Client.Get)).Status);

        Assert.Equal(4 * Streams, running);
        gate.SetResult();
    }

    /// <summary>One count that stays would leave the endpoint one request less.</summary>
    [Theory, OnEachTransport]
    public async Task No_place_is_lost_to_a_flood_of_resets(TipiTransport transport)
    {
        const int Allowed = 20;
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(
            transport, options => options.Limits.MaxConcurrentRequests = Allowed);
        using var meters = new MeterRecorder(server);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(async _ =>
        {
            using Foe foe = await Foe.GreetAsync(server);
            for (int i = 0; i < 2000; i += 50)
            {
                await foe.SendAsync([.. Enumerable.Range(i, 50).SelectMany(one => (byte[])
                    [.. Foe.Get(2 * one + 1, one % 2 == 0 ? "/hold" : "/work"), .. Foe.Reset(2 * one + 1)])]);
            }
            Assert.Equal("ENHANCE_YOUR_CALM", await foe.ReadFarewellAsync());
        }));
        Assert.InRange(app.MostRunning, 1, Allowed);
        app.Release();
        await app.WhenNoneRunsAsync();
        await Eventually.NothingIsLeftAsync(meters);

        using var client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}") };
        Task<HttpResponseMessage>[] all =
        [
            .. Enumerable.Range(0, Allowed).Select(_ => client.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/big")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            })),
        ];
        foreach (HttpResponseMessage answer in await Task.WhenAll(all))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
