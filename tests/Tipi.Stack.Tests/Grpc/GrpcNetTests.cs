using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using Grpc.Net.Client.Web;
using Grpc.Reflection.V1Alpha;

namespace Tipi.Stack.Tests.Grpc;

/// <summary>gRPC with the client of .NET, on every wire.</summary>
public sealed class GrpcNetTests
{
    [Theory, OnEachWire(Http2Only = true)]
    public async Task Calls_of_all_kinds(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        var camp = new Camp.CampClient(channel);
        Assert.Equal("Zelt ⛺", (await camp.EchoAsync(new Note { Text = "Zelt ⛺" })).Text);

        using AsyncServerStreamingCall<Note> count = camp.Count(new Note { Count = 500, Load = Bytes(2000) });
        Assert.Equal(Enumerable.Range(0, 500), (await AllAsync(count.ResponseStream)).Select(note => note.Count));

        using AsyncClientStreamingCall<Note, Note> weigh = camp.Weigh();
        for (int i = 0; i < 300; i++) await weigh.RequestStream.WriteAsync(new Note { Load = Bytes(5000) });
        await weigh.RequestStream.CompleteAsync();
        Assert.Equal("1500000 bytes", (await weigh).Text);

        using AsyncDuplexStreamingCall<Note, Note> talk = camp.Talk();
        for (int i = 0; i < 50; i++)
        {
            await talk.RequestStream.WriteAsync(new Note { Count = i });
            Assert.True(await talk.ResponseStream.MoveNext());
            Assert.Equal(i + 1, talk.ResponseStream.Current.Count);
        }
        await talk.RequestStream.CompleteAsync();
        Assert.False(await talk.ResponseStream.MoveNext());
    }

    [Theory, OnEachWire(Http2Only = true)]
    public async Task Large_messages_compressed_and_not(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        var camp = new Camp.CampClient(channel);
        foreach (Metadata headers in (Metadata[])[[], new() { { "grpc-internal-encoding-request", "gzip" } }])
        {
            ByteString load = Bytes(8 * 1024 * 1024);
            Assert.Equal(load, (await camp.EchoAsync(new Note { Load = load }, headers)).Load);
        }
    }

    [Theory, OnEachWire(Http2Only = true)]
    public async Task A_hundred_calls_at_once_on_a_channel(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        var camp = new Camp.CampClient(channel);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async number =>
        {
            using AsyncDuplexStreamingCall<Note, Note> talk = camp.Talk();
            for (int i = 0; i < 20; i++)
            {
                await talk.RequestStream.WriteAsync(new Note { Text = $"{number}", Count = i, Load = Bytes(500) });
                Assert.True(await talk.ResponseStream.MoveNext());
                Note heard = talk.ResponseStream.Current;
                Assert.Equal(($"{number}", i + 1), (heard.Text, heard.Count));
            }
            await talk.RequestStream.CompleteAsync();
        }));
    }

    /// <summary>For some seconds, which were enough to be taken for an attack.</summary>
    [Theory, OnEachWire(Http2Only = true)]
    public async Task Small_messages_without_a_pause(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        using AsyncDuplexStreamingCall<Note, Note> talk = new Camp.CampClient(channel).Talk();
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 5000 || clock.Elapsed < TimeSpan.FromSeconds(2); i++)
        {
            await talk.RequestStream.WriteAsync(new Note { Text = "a message of 25 bytes...." });
            Assert.True(await talk.ResponseStream.MoveNext());
        }
        await talk.RequestStream.CompleteAsync();
        Assert.False(await talk.ResponseStream.MoveNext());
    }

    /// <summary>The service gives up while a large message is on its way: neither waits for the other.</summary>
    [Theory, OnEachWire(Http2Only = true)]
    public async Task A_call_that_ends_early_leaves_no_write_hanging_and_others_alone(
        StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        var camp = new Camp.CampClient(channel);
        using AsyncDuplexStreamingCall<Note, Note> other = camp.Talk();
        for (int i = 0; i < 6; i++)
        {
            using AsyncClientStreamingCall<Note, Note> call = camp.Doubt();
            await call.RequestStream.WriteAsync(new Note());
            try
            {
                await call.RequestStream.WriteAsync(new Note { Load = Bytes(5 << 20) })
                    .WaitAsync(TimeSpan.FromSeconds(20));
            }
            catch (RpcException)
            {
                // It may be told so before the message is out.
            }
            Assert.Equal(StatusCode.Aborted, await CampHost.CodeOfAsync(() => call.ResponseAsync));
            await other.RequestStream.WriteAsync(new Note { Count = i });
            Assert.True(await other.ResponseStream.MoveNext());
            Assert.Equal(i + 1, other.ResponseStream.Current.Count);
        }
    }

    [Theory, OnEachWire(Http2Only = true)]
    public async Task Errors_deadlines_and_cancellation(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        var camp = new Camp.CampClient(channel);
        // Trailers alone, and behind a message.
        using AsyncServerStreamingCall<Note> before = camp.Fail(new Note { Count = 5, Text = "no such tent ⛺" });
        RpcException error = await Assert.ThrowsAsync<RpcException>(() => before.ResponseStream.MoveNext());
        Assert.Equal((StatusCode.NotFound, "no such tent ⛺"), (error.StatusCode, error.Status.Detail));
        using AsyncServerStreamingCall<Note> after = camp.Fail(new Note { Count = 9, Load = Bytes(10) });
        Assert.True(await after.ResponseStream.MoveNext());
        Assert.Equal(
            StatusCode.FailedPrecondition, await CampHost.CodeOfAsync(() => after.ResponseStream.MoveNext()));

        Assert.Equal(StatusCode.DeadlineExceeded, await CampHost.CodeOfAsync(
            () => camp.WaitAsync(new Note(), deadline: DateTime.UtcNow.AddSeconds(1)).ResponseAsync));
        await DepartedAsync(camp, 1);
        using var source = new CancellationTokenSource();
        using AsyncUnaryCall<Note> wait = camp.WaitAsync(new Note(), cancellationToken: source.Token);
        await wait.ResponseHeadersAsync;
        await source.CancelAsync();
        // The client's reader may see the stream aborted before it looks at the token (seen under Kestrel as well).
        StatusCode cancelled = await CampHost.CodeOfAsync(() => wait.ResponseAsync);
        Assert.True(cancelled is StatusCode.Cancelled or StatusCode.Internal, $"{cancelled}");
        await DepartedAsync(camp, 2);
    }

    /// <summary>A client that leaves in the middle has not finished: what came must not be taken for all.</summary>
    [Theory, OnEachWire(Http2Only = true)]
    public async Task A_cancelled_call_does_not_read_as_if_it_were_whole(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        using (AsyncDuplexStreamingCall<Note, Note> listen = new Camp.CampClient(channel).Listen())
        {
            await listen.RequestStream.WriteAsync(new Note { Text = "first" });
            Assert.True(await listen.ResponseStream.MoveNext());
        }
        string end = await host.Services.GetRequiredService<Departures>().LastRead.Task.WaitAsync(Eventually.Patience);
        Assert.NotEqual("end", end);
    }

    [Theory, OnEachWire(Http2Only = true)]
    public async Task Health_and_reflection(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        using GrpcChannel channel = host.Open();
        HealthCheckResponse health = await new Health.HealthClient(channel).CheckAsync(new HealthCheckRequest());
        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, health.Status);

        using var info = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();
        await info.RequestStream.WriteAsync(new ServerReflectionRequest { ListServices = "" });
        Assert.True(await info.ResponseStream.MoveNext());
        Assert.Contains(
            "tipi.Camp", info.ResponseStream.Current.ListServicesResponse.Service.Select(service => service.Name));
        await info.RequestStream.CompleteAsync();
    }

    /// <summary>For browsers, and the one gRPC that HTTP/1.1 has.</summary>
    [Theory, OnEachWire]
    public async Task Grpc_for_the_web(StackServer server, StackWire wire)
    {
        await using StackHost host = await CampHost.StartAsync(server, wire);
        foreach (GrpcWebMode mode in (GrpcWebMode[])[GrpcWebMode.GrpcWeb, GrpcWebMode.GrpcWebText])
        {
            using GrpcChannel channel = host.Open(handler => new GrpcWebHandler(mode, handler));
            var camp = new Camp.CampClient(channel);
            Assert.Equal("Zelt ⛺", (await camp.EchoAsync(new Note { Text = "Zelt ⛺" })).Text);
            using AsyncServerStreamingCall<Note> count = camp.Count(new Note { Count = 100, Load = Bytes(2000) });
            Assert.Equal(100, (await AllAsync(count.ResponseStream)).Count);
            using AsyncServerStreamingCall<Note> fail = camp.Fail(new Note { Count = 5 });
            Assert.Equal(StatusCode.NotFound, await CampHost.CodeOfAsync(() => fail.ResponseStream.MoveNext()));
        }
    }

    private static async Task<List<Note>> AllAsync(IAsyncStreamReader<Note> stream)
    {
        List<Note> all = [];
        await foreach (Note note in stream.ReadAllAsync()) all.Add(note);
        return all;
    }

    private static async Task DepartedAsync(Camp.CampClient camp, int count)
    {
        using var late = new CancellationTokenSource(Eventually.Patience);
        while ((await camp.DepartedAsync(new Note())).Count < count) await Task.Delay(20, late.Token);
    }

    private static ByteString Bytes(int length) =>
        ByteString.CopyFrom([.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 % 251))]);
}
