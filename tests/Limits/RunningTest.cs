using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Tests.Limits;

/// <summary>A test that has begun and not ended.</summary>
internal sealed record RunningTest(ITestStarting Beginning, IMessageSink Sink, int SinceLook)
{
    internal string Name => Beginning.TestDisplayName;

    /// <summary>Reports that it has failed, and that it is over: a failure alone is not counted.</summary>
    internal void Fail(string reason, decimal seconds)
    {
        Sink.OnMessage(new TestFailed
        {
            AssemblyUniqueID = Beginning.AssemblyUniqueID,
            TestCollectionUniqueID = Beginning.TestCollectionUniqueID,
            TestClassUniqueID = Beginning.TestClassUniqueID,
            TestMethodUniqueID = Beginning.TestMethodUniqueID,
            TestCaseUniqueID = Beginning.TestCaseUniqueID,
            TestUniqueID = Beginning.TestUniqueID,
            Cause = FailureCause.Other,
            ExceptionParentIndices = [-1],
            ExceptionTypes = [typeof(TimeoutException).FullName],
            Messages = [reason],
            StackTraces = [null],
            ExecutionTime = seconds,
            FinishTime = DateTimeOffset.UtcNow,
            Output = "",
            Warnings = null,
        });
        Sink.OnMessage(new TestFinished
        {
            AssemblyUniqueID = Beginning.AssemblyUniqueID,
            TestCollectionUniqueID = Beginning.TestCollectionUniqueID,
            TestClassUniqueID = Beginning.TestClassUniqueID,
            TestMethodUniqueID = Beginning.TestMethodUniqueID,
            TestCaseUniqueID = Beginning.TestCaseUniqueID,
            TestUniqueID = Beginning.TestUniqueID,
            ExecutionTime = seconds,
            FinishTime = DateTimeOffset.UtcNow,
            Output = "",
            Warnings = null,
            Attachments = new Dictionary<string, TestAttachment>(),
        });
    }
}
