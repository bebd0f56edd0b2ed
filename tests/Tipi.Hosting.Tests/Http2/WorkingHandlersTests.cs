using System.Net;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// What makes resets expensive: requests that go on when nobody waits for them. Each has its place until it ends.
/// </summary>
public sealed class WorkingHandlersTests
{
    [Theory, OnEachTransport]
    public async Task A_reset_request_keeps_its_place_until_its_handler_ends(TipiTransport transport)
    {
        const int Streams = 10;
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(
            transport, options => options.Limits.Http2.MaxStreamsPerConnection = Streams);
        using Foe foe = await Foe.GreetAsync(server);
        for (int i = 0; i < Streams; i++) await foe.SendAsync(Foe.Get(2 * i + 1, "/work"), Foe.Reset(2 * i + 1));
        await Eventually.HoldsAsync(() => app.Running == Streams, () => $"{app.Running} requests run");

        await foe.SendAsync(Foe.Get(101, "/work"));
        FoeFrame refusal = await foe.ReadAsync(frame => frame.Type == FoeFrame.ResetType);
        Assert.Equal((101, "REFUSED_STREAM"), (refusal.Stream, refusal.Code));

        app.Release();
        await app.WhenNoneRunsAsync();
        Assert.Equal(Streams, app.MostRunning);
        await foe.SendAsync(Foe.Get(103));
        Assert.Equal("200", (await foe.ReadHeadAsync(103)).Status);
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
