using System.Net;

namespace Tipi.Blocking.Tests;

/// <summary>
/// One processor, one ring, and 300 requests at once to an endpoint that was quick until now, and blocks. There are 256
/// workers for a ring, of which each that is late in a handler is one less; whoever comes when none is left waits until
/// a handler is through.
/// </summary>
public class BlockedCrowdTests
{
    private const int Requests = 300;
    private const int Warm = 30;
    private const int BlockMs = 1500;

    // Two that are late at once are enough for the others to run apart; some are handed off until that is known.
    private const int MostHandOffs = 16;

    private static readonly Task s_now = Task.CompletedTask;

    [Theory]
    [InlineData("bodies that come when the handlers wait for them")]
    [InlineData("no bodies")]
    public async Task TheOthersAreServed_AndFewHandOffsAreEnough(string what)
    {
        var isLate = what != "no bodies";
        var warm = 0L;
        await QuickCrowd.BestOfAsync(PrepareAsync, BlockAsync, longestMs: 150, leastAnswers: 50);

        async Task PrepareAsync(BlockingApp app)
        {
            using var client = NewClient(app);
            for (var i = 0; i < 2000; i++) await client.GetStringAsync(new Uri("/", UriKind.Relative));
            for (var i = 0; i < 2; i++) await client.GetStringAsync(new Uri("/hold", UriKind.Relative));
            for (var i = 0; i < Warm; i++) Assert.Equal(Expected(i), await AskAsync(client, 0, i, s_now));
            warm = await app.HandOffsAsync();
        }

        async Task BlockAsync(BlockingApp app)
        {
            using var client = NewClient(app);
            var bodies = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var asking = Enumerable.Range(0, Requests).Select(i => AskAsync(client, BlockMs, i, bodies.Task)).ToArray();
            if (isLate) await app.UntilBegunAsync(Warm + Requests);
            bodies.SetResult();

            string[] answers = await Task.WhenAll(asking);

            Assert.Equal(Enumerable.Range(0, Requests).Select(Expected), answers);
            var handOffs = await app.HandOffsAsync() - warm;
            Assert.InRange(handOffs, 1, MostHandOffs);
            // One that runs the ring, and those that stand by for a while.
            Assert.InRange(app.CountThreads("tipi-ring"), 1, MostHandOffs + 2);
            TestContext.Current.TestOutputHelper?.WriteLine(
                $"hand-offs: {handOffs}; threads: {app.CountThreads("tipi-ring")} and {app.CountThreads("tipi-bl")}");
        }

        string Expected(int number) => isLate ? $"upload {number}" : "closed";

        Task<string> AskAsync(HttpClient client, int ms, int number, Task body) => isLate
            ? UploadAsync(client, ms, $"upload {number}", body)
            : client.GetStringAsync(new Uri($"/gate/{ms}", UriKind.Relative));
    }

    private static HttpClient NewClient(BlockingApp app) =>
        new() { BaseAddress = app.Address, Timeout = TimeSpan.FromSeconds(60) };

    private static async Task<string> UploadAsync(HttpClient client, int blockMs, string text, Task body)
    {
        using var content = new LateContent(text, body);
        using var response = await client.PostAsync(new Uri($"/late/{blockMs}", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>Sent when it is told.</summary>
    private sealed class LateContent(string text, Task signal) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.FlushAsync(); // the head goes first
            await signal;
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(text));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = text.Length;
            return true;
        }
    }
}
