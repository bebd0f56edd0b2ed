namespace Tipi.Hosting.Tests.Http2;

/// <summary>Clients that wait: for the server to give up, with all that it keeps for them.</summary>
public sealed class StallTests
{
    private const int InitialWindowSize = 4;
    private const int Streams = 100;

    [Theory, OnEachTransport]
    public async Task Who_greets_and_says_no_more_is_let_go(TipiTransport transport)
    {
        await using TestServer server = await new AttackedApp().StartAsync(transport, AttackedApp.Patience(1));
        await Honest.AssertServedAsync(server, Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using Foe foe = await Foe.GreetAsync(server);
            Assert.Equal("NO_ERROR", await foe.ReadFarewellAsync());
        })));
    }

    [Theory, OnEachTransport]
    public async Task Who_does_not_finish_greeting_is_let_go(TipiTransport transport)
    {
        await using TestServer server = await new AttackedApp().StartAsync(transport, AttackedApp.Patience(1));
        byte[][] starts = [[], Foe.Preface[..12], Foe.Preface, [.. Foe.Preface, .. Foe.Settings()[..5]]];
        await Honest.AssertServedAsync(server, Task.WhenAll(starts.Select(async start =>
        {
            using Foe foe = await Foe.ConnectAsync(server, start);
            foe.Listen();
            await foe.Reading.WaitAsync(TimeSpan.FromSeconds(60));
        })));
    }

    /// <summary>The application writes no further than it may, and its streams are reset at the rate's limit.</summary>
    [Theory, OnEachTransport]
    public async Task Windows_of_nothing_hold_little_and_not_for_long(TipiTransport transport)
    {
        const int Allowed = 64 * 1024;
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(transport, AttackedApp.Patience(60));
        using var meters = new MeterRecorder(server);
        await Honest.AssertServedAsync(server, Task.Run(async () =>
        {
            using Foe foe = await Foe.GreetAsync(server, (InitialWindowSize, 0));
            await foe.SendAsync(AskAll());
            for (int i = 0; i < Streams; i++)
                Assert.Equal("CANCEL", (await foe.ReadAsync(frame => frame.Type == FoeFrame.ResetType)).Code);
            await app.WhenNoneRunsAsync();
            await foe.AssertStillServedAsync();
        }));
        Assert.InRange(app.Written, 0, Streams * (Allowed + 16 * 1024));
        await Eventually.NothingIsLeftAsync(meters);
    }

    /// <summary>Whenever in the server's second it asks.</summary>
    [Theory, OnEachTransport]
    public async Task Nobody_has_less_than_the_time_of_grace(TipiTransport transport)
    {
        const int GraceMs = 1_900;
        const int ClockMs = 20; // its resolution
        const int Requests = 4;
        var grace = TimeSpan.FromMilliseconds(GraceMs);
        await using TestServer server = await new AttackedApp().StartAsync(
            transport, options => options.Limits.MinResponseDataRate = new(1_000_000, grace));
        using Foe foe = await Foe.GreetAsync(server, (InitialWindowSize, 0));
        var askedMs = new Dictionary<int, long>();
        for (int id = 1; id < 2 * Requests; id += 2)
        {
            askedMs[id] = Environment.TickCount64;
            await foe.SendAsync(Foe.Get(id, "/big"));
            await Task.Delay(250);
        }
        for (int i = 0; i < Requests; i++)
        {
            FoeFrame reset = await foe.ReadAsync(frame => frame.Type == FoeFrame.ResetType);
            Assert.Equal("CANCEL", reset.Code);
            Assert.InRange(Environment.TickCount64 - askedMs[reset.Stream], GraceMs - ClockMs, long.MaxValue);
        }
    }

    /// <summary>A byte at a time is work for the server with every update.</summary>
    [Theory, OnEachTransport]
    public async Task Windows_of_a_byte_are_too_much_to_ask(TipiTransport transport)
    {
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(transport);
        byte[] updates = [.. Ids().SelectMany(id => Foe.Update(id, 1)), .. Foe.Update(0, Streams)];
        await Honest.AssertServedAsync(server, Task.Run(async () =>
        {
            using Foe foe = await Foe.GreetAsync(server, (InitialWindowSize, 1));
            await foe.SendAsync(AskAll());
            Task flood = foe.FloodAsync(updates);
            Assert.Equal("ENHANCE_YOUR_CALM", await foe.ReadFarewellAsync());
            foe.Dispose();
            await flood;
        }));
        await app.WhenNoneRunsAsync();
    }

    /// <summary>What is kept for who asks much and takes nothing is bounded, and so is the time.</summary>
    [Theory, OnEachTransport]
    public async Task Answers_that_nobody_reads_end_with_the_connection(TipiTransport transport)
    {
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(transport, AttackedApp.Patience(60));
        using var meters = new MeterRecorder(server);
        using Foe foe = await Foe.ConnectAsync(
            server, Foe.Preface, Foe.Settings((InitialWindowSize, int.MaxValue)),
            Foe.Update(0, int.MaxValue - 65535), AskAll());
        await Honest.AssertServedAsync(server, Task.Run(async () =>
        {
            await Eventually.HoldsAsync(() => app.MostRunning > 0, () => "no request runs");
            await app.WhenNoneRunsAsync();
        }));
        // For each stream its own, and for all what the kernel takes for a socket.
        Assert.InRange(app.Written, 0, Streams * (64 + 16) * 1024 + 16 * 1024 * 1024);
        await Eventually.NothingIsLeftAsync(meters);
    }

    [Theory, OnEachTransport]
    public async Task Uploads_that_never_come_are_given_up(TipiTransport transport)
    {
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(transport, AttackedApp.Patience(60));
        byte[] opened = [.. Ids().SelectMany(id => Foe.Post(id, "/upload"))];
        byte[] little = [.. Ids().SelectMany(id => Foe.Data(id, 1))];
        await Honest.AssertServedAsync(server, Task.Run(async () =>
        {
            using Foe mute = await Foe.GreetAsync(server);
            using Foe slow = await Foe.GreetAsync(server);
            await Task.WhenAll(mute.SendAsync(opened), slow.SendAsync(opened));
            for (int i = 0; i < 8; i++)
            {
                await slow.SendAsync(little);
                await Task.Delay(100);
            }
            await app.WhenNoneRunsAsync();
            Assert.Equal(2 * Streams, app.MostRunning);
            await mute.AssertStillServedAsync();
        }));
    }

    /// <summary>After its own GOAWAY a client gets what it had asked for and no more.</summary>
    [Theory, OnEachTransport]
    public async Task Who_leaves_and_goes_on_is_not_served_for_ever(TipiTransport transport)
    {
        await using TestServer server = await new AttackedApp().StartAsync(transport);
        await Honest.AssertServedAsync(server, Task.Run(async () =>
        {
            using Foe foe = await Foe.GreetAsync(server);
            await foe.SendAsync(Foe.GoAway);
            for (int i = 0; i < 1200 && !foe.Reading.IsCompleted; i++)
            {
                await foe.SendAsync(Foe.Get(2 * i + 1));
                await Task.Delay(50);
            }
            Assert.True(foe.Reading.IsCompleted);
        }));
    }

    private static IEnumerable<int> Ids() => Enumerable.Range(0, Streams).Select(i => 2 * i + 1);

    private static byte[] AskAll() => [.. Ids().SelectMany(id => Foe.Get(id, "/big"))];
}
