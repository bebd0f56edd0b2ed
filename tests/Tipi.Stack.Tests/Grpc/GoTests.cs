using System.Text.Json;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>gRPC with the client of Go, which acknowledges what it reads more eagerly than others do.</summary>
public sealed class GoTests
{
    [Theory, OnEachWire(Http2Only = true)]
    public async Task Each_kind_of_call(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);

        Assert.Equal(
            """
            [0,"Zelt ⛺",4194304,["come; in, ok"],["come; in, ok"],0,500,499,0,"1500000 bytes",5,"no such tent ⛺",9,1]
            """,
            (await GoClient.CallAsync(host, "kinds")).GetRawText());
    }

    // 4 DEADLINE_EXCEEDED, 1 CANCELLED.
    [Theory, OnEachWire(Http2Only = true)]
    public async Task A_deadline_and_a_cancellation_end_calls_on_both_sides(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        Assert.Equal("[4,1,0,2]", (await GoClient.CallAsync(host, "ends")).GetRawText());
    }

    /// <summary>On all servers and wires at once: it is the time that matters, not the load.</summary>
    [Fact]
    public async Task Small_messages_for_a_minute()
    {
        IEnumerable<Task> all =
            from server in Enum.GetValues<StackServer>()
            from wire in new[] { StackWire.Http2, StackWire.Http2Tls }
            select TalkAsync(server, wire);
        await Task.WhenAll(all);

        static async Task TalkAsync(StackServer server, StackWire wire)
        {
            await using StackHost host = await CampHost.StartAsync(server, wire);
            JsonElement seen = await GoClient.CallAsync(host, "minute");
            Assert.True(seen.GetProperty("failures").GetArrayLength() == 0, $"{server} {wire}: {seen}");
            // A server that took the client's answers for an attack would end them at a few hundred.
            Assert.True(seen.GetProperty("ticks").GetInt32() > 1000, $"{server} {wire}: {seen}");
            Assert.True(seen.GetProperty("talks").GetInt32() > 1000, $"{server} {wire}: {seen}");
        }
    }
}
