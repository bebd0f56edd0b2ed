using System.Reflection;
using Tipi.Transport.Uring;
using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Hosting.Tests.Server;

/// <summary>
/// Runs a theory once on each transport; on io_uring it is skipped with the reason where that is missing.
/// </summary>
internal sealed class OnEachTransportAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new([new TheoryDataRow<TipiTransport>(TipiTransport.Sockets), OnRings()]);

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow<TipiTransport> OnRings()
    {
        RingSupport support = RingSupport.Probe();
        bool mustRun = Environment.GetEnvironmentVariable("TIPI_REQUIRE_TOOLS") == "1";
        var row = new TheoryDataRow<TipiTransport>(TipiTransport.Uring);
        if (!support.IsAvailable && !mustRun) row.Skip = $"io_uring: {support.Cause}; {support.Remedy}";
        return row;
    }
}
