using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Tests.Exchange;

public sealed class DeferredBufferTests
{
    [Theory]
    [InlineData(0, 1, 512)]
    [InlineData(600, 601, 1200)]
    [InlineData(600, 5000, 5000)]
    [InlineData(1 << 30, (1 << 30) + 1, 0x7FFFFFC7)]
    [InlineData(1_500_000_000, 1_500_000_001, 0x7FFFFFC7)]
    [InlineData(0x7FFFFFC7, int.MaxValue, int.MaxValue)] // which no array has: the allocation says so
    public void It_grows_twofold_as_long_as_arrays_do(int held, int wanted, int expected) =>
        Assert.Equal(expected, DeferredBuffer.SizeFor(held, wanted));

    [Fact]
    public void What_is_written_is_taken_in_order()
    {
        var buffer = new DeferredBuffer();
        byte[] all = [.. Enumerable.Range(0, 5000).Select(static i => (byte)i)];
        for (int i = 0; i < all.Length; i += 50) buffer.Append(all.AsSpan(i, 50));
        Assert.Equal(all, buffer.Take().ToArray());
        Assert.Equal(0, buffer.Take().Length);
        buffer.Append([1, 2]);
        Assert.Equal([1, 2], buffer.Take().ToArray());
        buffer.Clear();
        Assert.False(buffer.HasMemory);
    }
}
