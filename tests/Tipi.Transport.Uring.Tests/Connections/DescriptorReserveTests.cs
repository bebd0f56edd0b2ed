using Tipi.Transport.Uring.Connections;

namespace Tipi.Transport.Uring.Tests.Connections;

public sealed class DescriptorReserveTests
{
    [Theory]
    [InlineData(1024, 100, 2, DescriptorSupply.Some)]
    [InlineData(1024, 984, 2, DescriptorSupply.Some)]
    [InlineData(1024, 985, 2, DescriptorSupply.Low)]
    [InlineData(1024, 2000, 2, DescriptorSupply.Low)] // the limit was lowered
    [InlineData(1024, 896, 64, DescriptorSupply.Some)]
    [InlineData(1024, 897, 64, DescriptorSupply.Low)]
    [InlineData(128, 112, 2, DescriptorSupply.Some)]
    [InlineData(128, 113, 2, DescriptorSupply.Low)]
    [InlineData(4, 3, 2, DescriptorSupply.Some)]
    [InlineData(4, 4, 2, DescriptorSupply.Low)]
    [InlineData(524_288, 1000, 2, DescriptorSupply.Plenty)]
    [InlineData(524_288, 516_096, 2, DescriptorSupply.Some)]
    [InlineData(524_288, 524_249, 2, DescriptorSupply.Low)]
    internal void It_is_for_threads_and_accepts_and_an_eighth_at_most(
        long limit, long open, int processors, DescriptorSupply left) =>
        Assert.Equal(left, DescriptorReserve.Judge(limit, open, processors));

    [Fact]
    public void Without_any_descriptor_it_is_seen_that_there_is_none()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing is kept.");
        Assert.Equal(DescriptorSupply.Low, DescriptorShortage.RunWithoutAny(DescriptorReserve.Look));
        Assert.Null(DescriptorShortage.RunWithoutAny(DescriptorReserve.LowestFree));
    }

    [Fact]
    public void Where_the_kernel_does_not_count_the_lowest_free_number_tells_how_many_are_open_at_least()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Elsewhere nothing is kept.");
        var files = new List<FileStream>();
        for (var i = 0; i < 100; i++) files.Add(File.OpenRead("/dev/null"));
        var lowest = DescriptorReserve.LowestFree();
        foreach (var file in files) file.Dispose();
        Assert.InRange(lowest ?? 0, 100, long.MaxValue);
    }
}
