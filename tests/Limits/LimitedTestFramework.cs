using System.Reflection;
using Xunit.v3;

[assembly: TestFramework(typeof(Tipi.Tests.Limits.LimitedTestFramework))]

namespace Tipi.Tests.Limits;

/// <summary>xunit's framework, with a limit of time for each test: see <see cref="RunWatch"/>.</summary>
public sealed class LimitedTestFramework : XunitTestFramework
{
    // One for all frameworks of the process: the runner makes one to find the tests, and may make another to run them.
    private static readonly Lazy<RunWatch> s_watch = new(RunWatch.Start);

    private readonly RunWatch _watch = s_watch.Value;

    protected override ITestFrameworkExecutor CreateExecutor(Assembly assembly) =>
        new WatchedExecutor(base.CreateExecutor(assembly), _watch);
}
