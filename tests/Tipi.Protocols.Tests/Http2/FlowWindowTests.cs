using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class FlowWindowTests
{
    [Fact]
    public void Gives_what_it_has_and_no_more()
    {
        var window = new FlowWindow(10);
        Assert.True(window.TryTake(4));
        Assert.False(window.TryTake(7));
        Assert.True(window.TryTake(6));
        Assert.Equal(0, window.Available);
        Assert.False(window.TryTake(1));
        Assert.True(window.TryTake(0));
    }

    [Fact]
    public void Grows_to_the_limit()
    {
        var window = new FlowWindow(65_535);
        Assert.True(window.TryGrow(int.MaxValue - 65_535));
        Assert.Equal(int.MaxValue, window.Available);
        Assert.False(window.TryGrow(1));
        Assert.False(window.TryGrow(int.MaxValue));
        Assert.Equal(int.MaxValue, window.Available);
    }

    [Fact]
    public void Smaller_settings_make_it_negative_and_updates_make_up_for_it()
    {
        var window = new FlowWindow(65_535);
        Assert.True(window.TryTake(60_000));
        Assert.True(window.TryAdjust(-65_535));
        Assert.Equal(-60_000, window.Available);
        Assert.False(window.TryTake(1));
        Assert.True(window.TryTake(0));
        Assert.True(window.TryGrow(60_001));
        Assert.True(window.TryTake(1));
        Assert.False(window.TryTake(1));
    }

    [Fact]
    public void Larger_settings_may_overflow()
    {
        var window = new FlowWindow(0);
        Assert.True(window.TryGrow(int.MaxValue));
        Assert.False(window.TryAdjust(1));
        Assert.True(window.TryAdjust(-int.MaxValue));
        Assert.Equal(0, window.Available);
    }

    [Fact]
    public void Never_leaves_its_bounds() => Fuzz.Run(random =>
    {
        var window = new FlowWindow(random.Next());
        long wanted = window.Available;
        for (int i = 0; i < 100; i++)
        {
            int bytes = random.Next(2) == 0 ? random.Next() : random.Next(70_000);
            long next = wanted;
            bool isDone;
            switch (random.Next(3))
            {
                case 0:
                    isDone = window.TryTake(bytes);
                    Assert.Equal(bytes <= wanted || bytes == 0, isDone);
                    next -= bytes;
                    break;
                case 1:
                    isDone = window.TryGrow(bytes);
                    Assert.Equal(wanted + bytes <= int.MaxValue, isDone);
                    next += bytes;
                    break;
                default:
                    isDone = window.TryAdjust(-bytes);
                    Assert.Equal(wanted - bytes >= -int.MaxValue, isDone);
                    next -= bytes;
                    break;
            }

            if (isDone) wanted = next;
            Assert.Equal(wanted, window.Available);
        }
    });
}
