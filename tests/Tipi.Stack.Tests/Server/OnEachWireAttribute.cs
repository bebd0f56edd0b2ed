using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Tipi.Stack.Tests.Server;

/// <summary>Runs a theory on each server, and there on each wire: <see cref="OnEachServerAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OnEachWireAttribute : DataAttribute
{
    public bool Http2Only { get; set; }

    public override async ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(
        MethodInfo testMethod, DisposalTracker disposalTracker)
    {
        var servers = await new OnEachServerAttribute().GetData(testMethod, disposalTracker);
        StackWire[] wires = [.. Enum.GetValues<StackWire>().Where(wire => wire.IsHttp2() || !Http2Only)];
        return [.. servers.SelectMany(server => wires.Select(wire => Row(server, wire)))];
    }

    public override bool SupportsDiscoveryEnumeration() => true;

    private static TheoryDataRow<StackServer, StackWire> Row(ITheoryDataRow server, StackWire wire) =>
        new((StackServer)server.GetData()[0]!, wire) { Skip = server.Skip };
}
