using System.Net.ServerSentEvents;
using System.Text;

namespace Tipi.Interop.Tests.Sample;

/// <summary>A stop asked for by the service manager: what is under way finishes, and the process ends well.</summary>
public sealed class StopTests
{
    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task An_answer_under_way_is_finished(SampleVariant variant)
    {
        await using var sample = await SampleProcess.StartAsync(variant);
        using var client = new HttpClient { BaseAddress = sample.Address };
        await using var ticks = await client.GetStreamAsync(
            new Uri("/live/ticks?count=20&everyMs=50", UriKind.Relative), TestContext.Current.CancellationToken);
        await ticks.ReadExactlyAsync(new byte[10]);

        var stop = sample.StopAsync();
        var rest = await new StreamReader(ticks, Encoding.UTF8).ReadToEndAsync();

        Assert.EndsWith("id: 20\n\n", rest, StringComparison.Ordinal);
        Assert.Equal(0, await stop);
    }

    [Theory]
    [MemberData(nameof(SampleFleet.All), MemberType = typeof(SampleFleet))]
    public async Task Idle_connections_and_open_streams_do_not_hold_it_up(SampleVariant variant)
    {
        await using var sample = await SampleProcess.StartAsync(variant);
        using var client = new HttpClient { BaseAddress = sample.Address };
        await client.GetStringAsync(new Uri("/health", UriKind.Relative));
        await using var feed = await client.GetStreamAsync(new Uri("/live/todos", UriKind.Relative));
        var events = SseParser.Create(feed).EnumerateAsync().GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());

        var stop = sample.StopAsync();

        Assert.False(await events.MoveNextAsync());
        // Half of the host's 30 seconds: it did not wait for its deadline.
        Assert.Equal(0, await stop.WaitAsync(TimeSpan.FromSeconds(15)));
    }
}
