using System.Text.Json;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>
/// gRPC with the client of Node.js, which knows nothing of .NET.
/// </summary>
public sealed class GrpcTests
{
    [Theory, OnEachWire(Http2Only = true)]
    public Task A_unary_call(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "unary", """{"code":0,"text":"Zelt ⛺","count":7,"same":true}""");

    [Theory, OnEachWire(Http2Only = true)]
    public Task Messages_of_4_MiB_both_ways(StackServer server, StackWire wire) => AnswersAsync(server, wire, "large",
        """[{"code":0,"same":true},{"code":0,"same":true},{"code":0,"same":true}]""");

    [Theory, OnEachWire(Http2Only = true)]
    public Task The_server_streams(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "serverStream", """{"code":0,"count":500,"ordered":true}""");

    [Theory, OnEachWire(Http2Only = true)]
    public Task The_client_streams(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "clientStream", """{"code":0,"text":"1500000 bytes","count":300}""");

    [Theory, OnEachWire(Http2Only = true)]
    public Task Both_stream_and_each_waits_for_the_other(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "talk", """{"code":0,"ordered":true,"count":50}""");

    [Theory, OnEachWire(Http2Only = true)]
    public Task A_hundred_calls_at_once(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "hundred", "100");

    [Theory, OnEachWire(Http2Only = true)]
    public Task Metadata_travels_both_ways(StackServer server, StackWire wire) => AnswersAsync(server, wire, "metadata",
        """{"heard":"come; in, ok","binary":"000102ff","after":"come; in, ok"}""");

    // 5 NOT_FOUND without a message before it, 9 FAILED_PRECONDITION after one, 12 UNIMPLEMENTED for a plain 404.
    [Theory, OnEachWire(Http2Only = true)]
    public async Task Errors_reach_the_client(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);

        JsonElement[] seen = [.. (await CampClient.CallAsync(host, "errors")).EnumerateArray()];

        Assert.Equal("""{"code":5,"details":"no such tent ⛺","count":0}""", seen[0].GetRawText());
        Assert.Equal("""{"code":9,"details":"torn","count":1}""", seen[1].GetRawText());
        Assert.Equal(12, seen[2].GetProperty("code").GetInt32());
    }

    // 13 INTERNAL, 14 UNAVAILABLE, 1 CANCELLED, 8 RESOURCE_EXHAUSTED.
    [Theory, OnEachWire(Http2Only = true)]
    public Task The_application_resets(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "resets", "[13,14,1,8]");

    [Theory, OnEachWire(Http2Only = true)]
    public Task A_deadline_ends_the_call_on_both_sides(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "deadline", """{"code":4}""");

    [Theory, OnEachWire(Http2Only = true)]
    public Task A_cancelled_call_ends_and_its_connection_goes_on(StackServer server, StackWire wire) =>
        AnswersAsync(server, wire, "cancel", """{"code":1,"sameConnection":true}""");

    private static async Task AnswersAsync(StackServer server, StackWire wire, string scenario, string expected)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        Assert.Equal(expected, (await CampClient.CallAsync(host, scenario)).GetRawText());
    }
}
