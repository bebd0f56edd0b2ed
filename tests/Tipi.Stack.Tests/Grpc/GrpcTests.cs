using System.Text.Json;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>
/// gRPC on the wire: a client that nobody here has written calls an endpoint of bare bodies and trailers.
/// </summary>
public sealed class GrpcTests
{
    [Theory, InlineData(StackServer.Kestrel)]
    public Task A_unary_call(StackServer server) =>
        AnswersAsync(server, "unary", """{"code":0,"text":"Zelt ⛺","count":7,"same":true}""");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task Messages_of_4_MiB_both_ways(StackServer server) => AnswersAsync(server, "large",
        """[{"code":0,"same":true},{"code":0,"same":true},{"code":0,"same":true}]""");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task The_server_streams(StackServer server) =>
        AnswersAsync(server, "serverStream", """{"code":0,"count":500,"ordered":true}""");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task The_client_streams(StackServer server) =>
        AnswersAsync(server, "clientStream", """{"code":0,"text":"1500000 bytes","count":300}""");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task Both_stream_and_each_waits_for_the_other(StackServer server) =>
        AnswersAsync(server, "talk", """{"code":0,"ordered":true,"count":50}""");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task A_hundred_calls_at_once(StackServer server) => AnswersAsync(server, "hundred", "100");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task Metadata_travels_both_ways(StackServer server) => AnswersAsync(server, "metadata",
        """{"heard":"come; in, ok","binary":"000102ff","after":"come; in, ok"}""");

    // 5 NOT_FOUND without a message before it, 9 FAILED_PRECONDITION after one, 12 UNIMPLEMENTED for a plain 404.
    [Theory, InlineData(StackServer.Kestrel)]
    public async Task Errors_reach_the_client(StackServer server)
    {
        await using StackHost host = await StartAsync(server);

        JsonElement[] seen = [.. (await CampClient.CallAsync(host, "errors")).EnumerateArray()];

        Assert.Equal("""{"code":5,"details":"no such tent ⛺","count":0}""", seen[0].GetRawText());
        Assert.Equal("""{"code":9,"details":"torn","count":1}""", seen[1].GetRawText());
        Assert.Equal(12, seen[2].GetProperty("code").GetInt32());
    }

    // 13 INTERNAL, 14 UNAVAILABLE, 1 CANCELLED, 8 RESOURCE_EXHAUSTED.
    [Theory, InlineData(StackServer.Kestrel)]
    public Task The_application_resets(StackServer server) => AnswersAsync(server, "resets", "[13,14,1,8]");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task A_deadline_ends_the_call_on_both_sides(StackServer server) =>
        AnswersAsync(server, "deadline", """{"code":4}""");

    [Theory, InlineData(StackServer.Kestrel)]
    public Task A_cancelled_call_ends_and_its_connection_goes_on(StackServer server) =>
        AnswersAsync(server, "cancel", """{"code":1,"sameConnection":true}""");

    private static async Task AnswersAsync(StackServer server, string scenario, string expected)
    {
        await using StackHost host = await StartAsync(server);
        Assert.Equal(expected, (await CampClient.CallAsync(host, scenario)).GetRawText());
    }

    private static Task<StackHost> StartAsync(StackServer server) =>
        StackHost.StartAsync(server, new Camp().Map, wire: StackWire.Http2);
}
