using Tipi.Stack.Tests.Drain;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>
/// What a connection needs is loaded before the first one: an assembly that cannot be loaded while the descriptors are
/// used up is missing for the life of the process.
/// </summary>
[Collection(Alone.Name)]
public sealed class FirstRequestsTests
{
    [Theory, OnEachServer(TipiOnly = true)]
    public async Task The_first_requests_of_a_wire_load_no_assembly(StackServer server)
    {
        await Task.WhenAll(Enum.GetValues<StackWire>().Select(async wire =>
        {
            using CountingApp app = await WireRequests.StartAppAsync(wire, server);
            await WireRequests.AskAsync(wire, app.Address);
            Assert.Equal((WireRequests.Count, WireRequests.Count), await app.StopAsync());
            Assert.Equal((wire, ""), (wire, app.LoadedLate));
        }));
    }
}
