using System.Diagnostics;
using Tipi.Transport.Uring;

namespace Tipi.Blocking.Tests;

/// <summary>
/// One processor, one ring, 64 connections with quick requests, and handlers that hold the ring for seconds. The waits
/// that are allowed are generous for the server and small for the seconds that the others block; on a machine that does
/// other things too the best of some attempts counts, each less what one had to wait just before, when nobody blocked.
/// That every request is answered must hold in each attempt.
/// </summary>
public class BlockingHandlersTests
{
    private const int BudgetMs = 4;

    [Theory]
    [InlineData("/sleep/5000")]
    [InlineData("/spin/5000")]
    [InlineData("/result/5000")]
    public Task OneHandlerBlocks_NobodyElseWaits(string blocking) =>
        BestOfAsync([blocking], longestMs: 50 + BudgetMs);

    [Fact]
    public Task EightSleepAndTwoSpin_TheOthersAreServed() => BestOfAsync(
        [.. Enumerable.Repeat("/sleep/5000", 8), .. Enumerable.Repeat("/spin/5000", 2)], longestMs: 150);

    // One processor is one thread of the pool, so that no other one is there to send it.
    [Fact]
    public async Task WhatWasFlushed_DoesNotWaitForTheHandlerThatComputesOn()
    {
        Require();
        using var app = await BlockingApp.StartAsync();
        using var client = NewClient(app);
        await WarmUpAsync(client, ["/begin/5000"]);
        var clock = Stopwatch.StartNew();

        using var answer = await client.GetAsync(
            new Uri("/begin/5000", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
        using var body = new StreamReader(await answer.Content.ReadAsStreamAsync());
        var begun = new char[5];
        await body.ReadBlockAsync(begun);

        Assert.Equal("begun", new string(begun));
        Assert.InRange(clock.ElapsedMilliseconds, 0, 250); // the pool's next thread comes after 500
        Assert.Equal("", await body.ReadToEndAsync());
    }

    private static async Task BestOfAsync(string[] blocking, int longestMs)
    {
        long before = 0;
        await QuickCrowd.BestOfAsync(
            async app =>
            {
                using var client = NewClient(app);
                await WarmUpAsync(client, blocking);
                before = await app.HandOffsAsync();
            },
            async app =>
            {
                using var client = NewClient(app);
                await Task.WhenAll(blocking.Select(path => client.GetStringAsync(new Uri(path, UriKind.Relative))));
                Assert.True(await app.HandOffsAsync() > before, "no hand-off was counted");
            },
            longestMs,
            leastAnswers: 50); // while the ring was held for five seconds, at ten requests a second at the least
    }

    private static HttpClient NewClient(BlockingApp app) =>
        new() { BaseAddress = app.Address, Timeout = TimeSpan.FromSeconds(60) };

    // Compiles the code that is measured, hand-offs too. The blocking endpoints are called too briefly to lose a ring.
    private static async Task WarmUpAsync(HttpClient client, string[] blocking)
    {
        for (var i = 0; i < 2000; i++) await client.GetStringAsync(new Uri("/", UriKind.Relative));
        for (var i = 0; i < 2; i++) await client.GetStringAsync(new Uri("/hold", UriKind.Relative));
        foreach (var path in blocking.Distinct())
            await client.GetStringAsync(new Uri(path.Replace("5000", "0", StringComparison.Ordinal), UriKind.Relative));
        await Task.Delay(500);
    }

    internal static void Require()
    {
        var support = RingSupport.Probe();
        string? reason = support.IsAvailable ? null : $"No io_uring here: {support.Cause}.";
        if (!HasTaskset()) reason = "taskset is not installed (Debian package util-linux).";
        if (Environment.GetEnvironmentVariable("TIPI_REQUIRE_TOOLS") == "1") Assert.True(reason is null, reason);
        else Assert.SkipWhen(reason is not null, reason ?? "");
    }

    private static bool HasTaskset() => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, "taskset")));
}
