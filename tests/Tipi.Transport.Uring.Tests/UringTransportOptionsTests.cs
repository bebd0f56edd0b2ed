namespace Tipi.Transport.Uring.Tests;

public class UringTransportOptionsTests
{
    public static TheoryData<string, UringTransportOptions> Bad => new()
    {
        { "RingCount", new() { RingCount = -1 } },
        { "Scheduling", new() { Scheduling = (RingScheduling)7 } },
        { "RingCount", new() { RingCount = int.MaxValue } },
        { "HandOffBudget", new() { HandOffBudget = TimeSpan.Zero } },
        { "HandOffBudget", new() { HandOffBudget = TimeSpan.FromDays(50) } },
        { "HandOffBudget", new() { HandOffBudget = TimeSpan.MaxValue } },
        { "Backlog", new() { Backlog = 0 } },
        { "MaxReadBufferSize", new() { MaxReadBufferSize = 0 } },
        { "MaxWriteBufferSize", new() { MaxWriteBufferSize = -1 } },
    };

    [Theory, MemberData(nameof(Bad))]
    public void A_value_that_cannot_work_is_refused_by_name(string option, UringTransportOptions options)
    {
        var error = Assert.Throws<ArgumentException>(() => new UringConnectionListenerFactory(options));
        Assert.Contains($"UringTransportOptions.{option} is ", error.Message, StringComparison.Ordinal);
        Assert.Contains("must be", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new UringConnectionFactory(options));
    }
}
