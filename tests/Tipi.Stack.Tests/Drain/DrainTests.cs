namespace Tipi.Stack.Tests.Drain;

/// <summary>SIGTERM under load: each request that a handler saw is answered in full, and none by half.</summary>
[Collection(Alone.Name)]
public sealed class DrainTests
{
    private const int Stops = 3;
    private const int Clients = 40;

    [Theory, OnEachServer(TipiOnly = true)]
    public async Task Every_request_that_was_handled_is_answered_in_full(StackServer server)
    {
        for (var stop = 0; stop < Stops; stop++)
        {
            using CountingApp app = await CountingApp.StartAsync(server);
            var tally = new DrainTally();
            Task[] clients =
                [.. Enumerable.Range(0, Clients)
                    .Select(number => new DrainClient(app.Address, number, tally).RunAsync())];
            await Eventually.TrueAsync(() => tally.Whole > 1000 * (stop + 1), () => $"{tally.Whole} answers");

            (int begun, int ended) = await app.StopAsync();
            await Task.WhenAll(clients).WaitAsync(Eventually.Patience);

            Assert.Empty(tally.Faults);
            Assert.Equal((begun, begun), (ended, tally.Whole));
            Assert.True(tally.Closing > 0, "No answer said that the connection closes.");
        }
    }
}
