using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Runs a theory on each transport and each wire: transport, wire.</summary>
internal sealed class OnEachWireAttribute : DataAttribute
{
    private static readonly OnEachTransportAttribute s_transports = new();

    /// <summary>Only those of HTTP/2, for what a client cannot do over HTTP/1.1.</summary>
    public bool OnlyHttp2 { get; set; }

    /// <summary>Only the ring, for what sockets have no say in.</summary>
    public bool OnlyUring { get; set; }

    public override async ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var rows = new List<ITheoryDataRow>();
        foreach (ITheoryDataRow row in await s_transports.GetData(testMethod, disposalTracker))
        {
            var transport = (TipiTransport)row.GetData()[0]!;
            if (OnlyUring && transport != TipiTransport.Uring) continue;
            foreach (Wire wire in Enum.GetValues<Wire>())
            {
                if (OnlyHttp2 && wire is (Wire.Http1 or Wire.Https1)) continue;
                rows.Add(new TheoryDataRow<TipiTransport, Wire>(transport, wire) { Skip = row.Skip });
            }
        }
        return rows;
    }

    public override bool SupportsDiscoveryEnumeration() => true;
}
