using System.Collections.Concurrent;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Scheduling;

/// <summary>Handlers that are late at once, before any of them has ended, so that nothing is learned yet.</summary>
public sealed class CrowdedEndpointsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task The_next_ones_of_an_endpoint_run_apart_while_some_are_late()
    {
        // Some more are handed off until the count is known.
        await using var crowd = await Crowd.StartAsync();
        for (int i = 0; i < 40; i++) await crowd.BlockAsync("/block");
        Assert.InRange(crowd.Places.Count(place => place == "ring"), 2, 10);
        Assert.Equal("ring", await crowd.AskAsync("/other"));
        Assert.DoesNotContain(crowd.Server.Logs, record => record.EventId == 31); // it is no habit yet
    }

    [Fact]
    public async Task All_run_apart_while_many_of_different_kinds_are_late_and_on_the_ring_when_those_are_back()
    {
        await using var crowd = await Crowd.StartAsync();
        for (int i = 0; i < 240; i++) await crowd.BlockAsync($"/block/{i}");
        Assert.InRange(crowd.Places.Count(place => place == "ring"), 192, 208);
        Assert.Equal("apart", await crowd.AskAsync("/other"));

        await crowd.EndAsync();
        using var limit = new CancellationTokenSource(s_patience);
        while (await crowd.AskAsync("/other") != "ring") await Task.Delay(10, limit.Token);
    }

    /// <summary>A server on one ring whose handlers block, under <c>/block</c>, until all are told to end.</summary>
    private sealed class Crowd : IAsyncDisposable
    {
        private readonly ManualResetEventSlim _gate = new();
        private readonly SemaphoreSlim _begun = new(0);
        private readonly List<Task<string>> _blocked = [];

        private Crowd()
        {
        }

        internal TestServer Server { get; private set; } = null!;

        /// <summary>Where the blocked ones run.</summary>
        internal ConcurrentQueue<string> Places { get; } = [];

        internal static async Task<Crowd> StartAsync()
        {
            Assert.SkipUnless(RingSupport.Probe().IsAvailable, $"io_uring: {RingSupport.Probe().Cause}");
            var crowd = new Crowd();
            crowd.Server = await TestServer.StartAsync(
                TipiTransport.Uring, crowd.AnswerAsync, options => options.Uring.RingCount = 1);
            // A connection that is there before the server waits for it is begun on the pool.
            while (await crowd.AskAsync("/other") != "ring") await Task.Delay(10);
            return crowd;
        }

        /// <summary>Returns when the handler blocks.</summary>
        internal async Task BlockAsync(string path)
        {
            _blocked.Add(AskAsync(path));
            Assert.True(await _begun.WaitAsync(s_patience, TestContext.Current.CancellationToken));
        }

        internal async Task<string> AskAsync(string path)
        {
            RawResponse response = await Server.AskAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, response.Status);
            return response.Body;
        }

        internal async Task EndAsync()
        {
            _gate.Set();
            await Task.WhenAll(_blocked).WaitAsync(s_patience);
        }

        public async ValueTask DisposeAsync()
        {
            await EndAsync();
            await Server.DisposeAsync();
            _gate.Dispose();
            _begun.Dispose();
        }

        private Task AnswerAsync(HttpContext context)
        {
            string place = Thread.CurrentThread.Name?.StartsWith("tipi-ring", StringComparison.Ordinal) == true
                ? "ring"
                : "apart";
            if (context.Request.Path.StartsWithSegments("/block"))
            {
                Places.Enqueue(place);
                _begun.Release();
                _gate.Wait(s_patience);
            }
            return context.Response.WriteAsync(place);
        }
    }
}
