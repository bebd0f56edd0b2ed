using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Tests.Limits;

/// <summary>Runs tests as another executor does, and tells a watch what is reported.</summary>
internal sealed class WatchedExecutor(ITestFrameworkExecutor executor, RunWatch watch)
    : ITestFrameworkExecutor, IAsyncDisposable
{
    public ValueTask RunTestCases(
        IReadOnlyCollection<ITestCase> testCases, IMessageSink executionMessageSink,
        ITestFrameworkExecutionOptions executionOptions, CancellationToken? cancellationToken = null) =>
        executor.RunTestCases(
            testCases, new WatchedSink(executionMessageSink, watch), executionOptions, cancellationToken);

    public ValueTask DisposeAsync() =>
        executor is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
}
