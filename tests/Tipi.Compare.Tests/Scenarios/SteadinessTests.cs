using Tipi.Compare.Scenarios;

namespace Tipi.Compare.Tests.Scenarios;

public sealed class SteadinessTests
{
    [Theory]
    [InlineData(4, 10.0, 10.0, 10.0, 10.0)]
    [InlineData(4, 10.0, 9.9, 9.8, 9.71)] // 3 % is what a machine's noise makes
    [InlineData(5, 10.0, 9.0, 9.0, 9.0, 9.0)]
    [InlineData(4, 10.0, 11.0, 12.0, 11.0)]
    [InlineData(6, 10.0, 9.8, 9.6, 9.5, 9.5, 9.5, 9.5)] // little by little
    [InlineData(7, 10.0, 10.0, 10.2, 5.0, 5.0, 5.0, 5.0)]
    public void Is_reached_with_the_window(int window, params double[] costs)
    {
        var steadiness = new Steadiness();
        var reached = Array.FindIndex(costs, cost => steadiness.Add(cost, compiling: 0)) + 1;

        Assert.Equal(window, reached);
    }

    [Fact]
    public void Is_not_reached_while_it_improves()
    {
        var steadiness = new Steadiness();

        Assert.DoesNotContain(
            Enumerable.Range(0, 20).Select(i => 10 * Math.Pow(0.96, i)), cost => steadiness.Add(cost, compiling: 0));
    }

    // As measured with a Razor page: the same cost for 25 s, most of it the compiler's, then a third of that.
    [Fact]
    public void Is_not_reached_while_the_compiler_works()
    {
        var steadiness = new Steadiness();

        Assert.DoesNotContain(Enumerable.Repeat(0.4, 20), compiling => steadiness.Add(100, compiling));
        Assert.False(steadiness.Add(100, 0.01));
        Assert.False(steadiness.Add(100, 0.01));
        Assert.True(steadiness.Add(100, 0.01));
    }
}
