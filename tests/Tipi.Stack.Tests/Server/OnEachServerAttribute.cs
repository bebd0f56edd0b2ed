using System.Reflection;
using Tipi.Transport.Uring;
using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Stack.Tests.Server;

/// <summary>
/// Runs a theory on Kestrel and on Tipi over each transport. Over io_uring it is skipped with the reason where that is
/// missing; <see cref="TipiOnly"/> leaves Kestrel out where the two differ on purpose.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnEachServerAttribute : DataAttribute
{
    public bool TipiOnly { get; set; }

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        List<ITheoryDataRow> rows = [new TheoryDataRow<StackServer>(StackServer.TipiSockets), OnRings()];
        if (!TipiOnly) rows.Insert(0, new TheoryDataRow<StackServer>(StackServer.Kestrel));
        return new(rows);
    }

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow<StackServer> OnRings()
    {
        RingSupport support = RingSupport.Probe();
        bool mustRun = Environment.GetEnvironmentVariable("TIPI_REQUIRE_TOOLS") == "1";
        var row = new TheoryDataRow<StackServer>(StackServer.TipiUring);
        if (!support.IsAvailable && !mustRun) row.Skip = $"io_uring: {support.Cause}; {support.Remedy}";
        return row;
    }
}
