using Tipi.Compare.Load;

namespace Tipi.Compare.Tests.Load;

public class H2LoadLogTests
{
    [Fact]
    public void ReadLatenciesMs_takes_the_third_column()
    {
        string[] lines = ["1795282992444366\t200\t22042", "1795282992444390\t200\t98"];

        Assert.Equal([22.042, 0.098], H2LoadLog.ReadLatenciesMs(lines));
    }

    [Theory]
    [InlineData("1795282992444366\t503\t22042")]
    [InlineData("1795282992444366\t-1\t22042")]
    [InlineData("")]
    public void ReadLatenciesMs_refuses_a_bad_answer(string line) =>
        Assert.Throws<MeasurementException>(() => H2LoadLog.ReadLatenciesMs([line]));

    [Fact]
    public void ReadLatenciesMs_refuses_an_empty_log() =>
        Assert.Throws<MeasurementException>(() => H2LoadLog.ReadLatenciesMs([]));
}
