using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Tests.Diagnostics;

public sealed class ServerClockTests
{
    [Fact]
    public void It_goes_with_the_time_while_the_heartbeat_is_hardly_late()
    {
        var clock = new ServerClock(addServerHeader: true);
        long startMs = clock.NowMs;
        for (int beat = 1; beat <= 10; beat++)
        {
            clock.Advance(startMs + beat * 1_900);
            Assert.Equal(startMs + beat * 1_900, clock.NowMs);
        }
    }

    [Fact]
    public void Time_in_which_the_server_stood_still_does_not_pass()
    {
        var clock = new ServerClock(addServerHeader: true);
        long startMs = clock.NowMs;
        clock.Advance(startMs + 60_000);
        Assert.Equal(startMs + 2_000, clock.NowMs);
        Assert.InRange(clock.ExactMs - Environment.TickCount64, -58_001, -57_999);

        clock.Advance(startMs + 61_000);
        Assert.Equal(startMs + 3_000, clock.NowMs);
    }
}
