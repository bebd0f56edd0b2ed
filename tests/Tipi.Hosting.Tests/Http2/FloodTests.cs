namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// The allowances of a connection, attacked: who stays within is served, who goes beyond is told ENHANCE_YOUR_CALM, and
/// a neighbour notices nothing of it.
/// </summary>
public sealed class FloodTests
{
    public static TheoryData<TipiTransport, string> Cases
    {
        get
        {
            var cases = new TheoryData<TipiTransport, string>();
            foreach (FloodCase one in FloodCase.All)
            {
                cases.Add(TipiTransport.Sockets, one.Name);
                cases.Add(TipiTransport.Uring, one.Name);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task A_flood_ends_its_connection_and_nothing_else(TipiTransport transport, string name)
    {
        FloodCase flood = FloodCase.All.Single(one => one.Name == name);
        var app = new AttackedApp();
        await using TestServer server = await app.StartAsync(transport);
        using var meters = new MeterRecorder(server);
        await Honest.AssertServedAsync(server, FloodAsync(server, flood));
        app.Release();
        await app.WhenNoneRunsAsync();
        Assert.InRange(app.MostRunning, 0, flood.MostHandlers);
        await Eventually.NothingIsLeftAsync(meters);
    }

    private static async Task FloodAsync(TestServer server, FloodCase flood)
    {
        using Foe foe = await Foe.GreetAsync(server);
        await foe.SendAsync(flood.Start, Repeat(flood, 0, flood.Within));
        await foe.AssertStillServedAsync();
        await foe.SendAsync(Repeat(flood, flood.Within, flood.Beyond));
        Assert.Equal("ENHANCE_YOUR_CALM", await foe.ReadFarewellAsync());
    }

    private static byte[] Repeat(FloodCase flood, int start, int count) =>
        [.. Enumerable.Range(start, count).SelectMany(flood.Piece)];
}
