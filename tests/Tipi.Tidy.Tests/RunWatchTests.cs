using Tipi.Tests.Limits;
using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Tidy.Tests;

/// <summary>No run of tests hangs for ever, and none without a name.</summary>
public sealed class RunWatchTests : IMessageSink
{
    private const int Limit = 10;

    private readonly List<IMessageSinkMessage> _reported = [];
    private readonly List<string> _ends = [];
    private readonly RunWatch _watch;

    public RunWatchTests() => _watch = new RunWatch(Limit, _ends.Add);

    public bool OnMessage(IMessageSinkMessage message)
    {
        _reported.Add(message);
        return true;
    }

    [Fact]
    public void A_test_that_does_not_end_fails_and_ends_the_run()
    {
        Begin("quick");
        Begin("stuck");
        Look(Limit - 1);
        Begin("late");
        Finish("quick");
        Look(1);
        Assert.Empty(_ends);

        Look(5);

        var failure = Assert.Single(_reported.OfType<ITestFailed>());
        Assert.Equal("stuck", failure.TestUniqueID);
        Assert.Contains($"{Limit} s", failure.Messages[0], StringComparison.Ordinal);
        Assert.Equal("stuck", Assert.Single(_reported.OfType<ITestFinished>()).TestUniqueID);
        Assert.Equal(
            "After 10 s these tests had not ended:\n  test stuck\nOthers that ran:\n  test late", Assert.Single(_ends));
    }

    [Fact]
    public void A_run_that_says_nothing_is_ended()
    {
        Look(Limit);
        Begin("only");
        Look(Limit);
        Finish("only");
        Look(Limit);
        Assert.Empty(_ends);

        Look(5);

        Assert.Equal(
            "No test ran, and nothing was reported for 10 s. The last test was test only, and the last report "
            + "TestFinished.",
            Assert.Single(_ends));
        Assert.Empty(_reported);
    }

    private void Look(int times)
    {
        for (var i = 0; i < times; i++) _watch.Look();
    }

    private void Begin(string id) => _watch.Hear(
        new TestStarting
        {
            AssemblyUniqueID = "assembly",
            TestCollectionUniqueID = "collection",
            TestClassUniqueID = "class",
            TestMethodUniqueID = "method",
            TestCaseUniqueID = "case",
            TestUniqueID = id,
            TestDisplayName = $"test {id}",
            TestLabel = null,
            Explicit = false,
            StartTime = DateTimeOffset.UnixEpoch,
            Timeout = 0,
            Traits = new Dictionary<string, IReadOnlyCollection<string>>(),
        },
        this);

    private void Finish(string id) => _watch.Hear(
        new TestFinished
        {
            AssemblyUniqueID = "assembly",
            TestCollectionUniqueID = "collection",
            TestClassUniqueID = "class",
            TestMethodUniqueID = "method",
            TestCaseUniqueID = "case",
            TestUniqueID = id,
            ExecutionTime = 0,
            FinishTime = DateTimeOffset.UnixEpoch,
            Output = "",
            Warnings = null,
            Attachments = new Dictionary<string, TestAttachment>(),
        },
        this);
}
