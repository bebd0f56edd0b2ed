using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Transport.Uring.Tests.Connections;

public sealed class UringConnectionTests
{
    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_reset_by_the_peer_ends_reads_writes_and_the_token()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var closed = pair.Connection.ConnectionClosed;
        var reading = pair.Input.ReadAsync().AsTask();
        pair.Peer.Close(0);
        await Assert.ThrowsAsync<ConnectionResetException>(() => reading);
        await Eventually.HoldsAsync(() => closed.IsCancellationRequested, "the token to be cancelled");
        Assert.True((await pair.Output.WriteAsync(new byte[1])).IsCompleted);
        Assert.True(pair.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task After_the_peers_half_close_an_answer_still_arrives()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await pair.SendAsync("question"u8.ToArray());
        pair.Peer.Shutdown(SocketShutdown.Send);
        var question = await pair.Input.ReadAtLeastAsync(9);
        Assert.True(question.IsCompleted);
        pair.Input.AdvanceTo(question.Buffer.End);
        var answer = Payload.Random(1, 500_000);
        var writing = pair.Output.WriteAsync(answer).AsTask();
        var receiving = pair.ReceiveToEndAsync();
        await writing;
        await pair.Connection.DisposeAsync();
        Assert.Equal(Payload.Hash(answer), Payload.Hash(await receiving));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task An_abort_resets_and_drops_what_was_not_sent()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync(configure: peer => peer.ReceiveBufferSize = 8 * 1024);
        var reading = pair.Input.ReadAsync().AsTask();
        var flushing = pair.Output.WriteAsync(new byte[8_000_000]).AsTask();
        await Task.Delay(20);
        Assert.False(flushing.IsCompleted);
        pair.Connection.Abort(new ConnectionAbortedException("enough of it"));
        Assert.Equal("enough of it", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading)).Message);
        Assert.True((await flushing).IsCompleted);
        var error = await Assert.ThrowsAsync<SocketException>(pair.ReceiveToEndAsync);
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await Eventually.HoldsAsync(() => pair.Connection.ConnectionClosed.IsCancellationRequested, "the token");
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Disposing_sends_what_was_flushed_and_ends_the_stream(bool onRing)
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 1, MaxWriteBufferSize = null });
        await using var pair = await host.ConnectAsync(configure: peer => peer.ReceiveBufferSize = 8 * 1024);
        var sent = Payload.Random(2, 8_000_000);
        var disposing = Task.CompletedTask;
        if (onRing)
        {
            await pair.OnRingAsync(() =>
            {
                Assert.True(pair.Output.WriteAsync(sent).AsTask().IsCompleted);
                disposing = pair.Connection.DisposeAsync().AsTask();
            });
        }
        else
        {
            await pair.Output.WriteAsync(sent);
            disposing = pair.Connection.DisposeAsync().AsTask();
        }

        Assert.Equal(Payload.Hash(sent), Payload.Hash(await pair.ReceiveToEndAsync()));
        await disposing;
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Disposing_again_waits_for_the_same_end()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(
            _ => Task.Run(async () => await pair.Connection.DisposeAsync())));
        await pair.Connection.DisposeAsync();
        Assert.Empty(await pair.ReceiveToEndAsync());
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_pending_read_ends_when_the_connection_is_disposed()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var reading = pair.Input.ReadAsync().AsTask();
        await pair.Connection.DisposeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => reading);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task The_token_is_cancelled_at_the_end_of_the_stream_whenever_it_is_asked_for()
    {
        await using var host = await RingHost.StartAsync();
        await using var before = await host.ConnectAsync();
        var token = before.Connection.ConnectionClosed;
        Assert.False(token.IsCancellationRequested);
        before.Peer.Dispose();
        await Eventually.HoldsAsync(() => token.IsCancellationRequested, "the token that was asked for before");
        await using var after = await host.ConnectAsync();
        after.Peer.Dispose();
        Assert.True((await after.Input.ReadAsync()).IsCompleted);
        Assert.True(after.Connection.ConnectionClosed.IsCancellationRequested);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_callback_of_the_token_that_throws_harms_nobody()
    {
        foreach (var scheduling in Enum.GetValues<RingScheduling>())
        {
            await using var host = await RingHost.StartAsync(new() { RingCount = 1, Scheduling = scheduling });
            await using var pair = await host.ConnectAsync();
            await using var other = await host.ConnectAsync();
            var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            pair.Connection.ConnectionClosed.Register(() =>
            {
                called.SetResult();
                throw new InvalidOperationException("thrown on purpose");
            });
            pair.Peer.Dispose();
            await called.Task;
            await other.SendAsync("x"u8.ToArray());
            Assert.Equal("x"u8.ToArray(), await other.ReadAsync(1));
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task End_points_of_both_ends_are_known()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        Assert.Equal(pair.Peer.LocalEndPoint, pair.Connection.RemoteEndPoint);
        Assert.Equal(pair.Peer.RemoteEndPoint, pair.Connection.LocalEndPoint);
        Assert.Same(pair.Connection.LocalEndPoint, pair.Connection.LocalEndPoint);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task After_the_end_the_local_end_point_is_nobody_elses()
    {
        await using var host = await RingHost.StartAsync(endPoint: new IPEndPoint(IPAddress.Any, 0));
        var port = ((IPEndPoint)host.Listener.EndPoint).Port;
        var pairs = new List<RingPair>();
        for (var i = 0; i < 20; i++)
        {
            await using (var gone = await host.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)))
            {
                await gone.Connection.DisposeAsync();
                // The number of the descriptor goes to this one, soon if not at once.
                pairs.Add(await host.ConnectAsync(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port)));
                Assert.Equal(host.Listener.EndPoint, gone.Connection.LocalEndPoint);
            }
        }

        foreach (var pair in pairs) await pair.DisposeAsync();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Identifiers_are_unique_and_can_be_replaced()
    {
        await using var host = await RingHost.StartAsync();
        var seen = new HashSet<string>();
        for (var i = 0; i < 30; i++)
        {
            await using var pair = await host.ConnectAsync();
            Assert.Equal(13, pair.Connection.ConnectionId.Length);
            Assert.Same(pair.Connection.ConnectionId, pair.Connection.ConnectionId);
            Assert.True(seen.Add(pair.Connection.ConnectionId));
            pair.Connection.ConnectionId = "mine";
            Assert.Equal("mine", pair.Connection.Features.Get<IConnectionIdFeature>()!.ConnectionId);
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Items_and_transport_can_be_set()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        pair.Connection.Items["key"] = "value";
        Assert.Equal("value", pair.Connection.Features.Get<IConnectionItemsFeature>()!.Items["key"]);
        var own = pair.Connection.Transport;
        var other = new DuplexPair(own.Output, own.Input);
        pair.Connection.Transport = other;
        Assert.Same(other, pair.Connection.Features.Get<IConnectionTransportFeature>()!.Transport);
        pair.Connection.Transport = own;
        Assert.Same(own, pair.Connection.Transport);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Features_can_be_got_set_removed_and_listed()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var features = pair.Connection.Features;
        foreach (var type in new[]
        {
            typeof(IConnectionIdFeature), typeof(IConnectionItemsFeature), typeof(IConnectionTransportFeature),
            typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature),
            typeof(IMemoryPoolFeature), typeof(IRingAffinityFeature),
        })
        {
            Assert.IsAssignableFrom(type, features[type]);
            Assert.Contains(features, pair => pair.Key == type);
        }

        Assert.Null(features.Get<string>());
        var revision = features.Revision;
        features.Set("a feature");
        Assert.Equal("a feature", features.Get<string>());
        Assert.NotEqual(revision, features.Revision);
        features.Set<IConnectionIdFeature>(null);
        Assert.Null(features.Get<IConnectionIdFeature>());
        Assert.DoesNotContain(features, pair => pair.Key == typeof(IConnectionIdFeature));
        Assert.Contains(features, pair => Equals(pair.Value, "a feature"));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task The_sockets_options_can_be_read()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var socket = pair.Connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        Assert.True(socket.NoDelay);
        Assert.Equal(pair.Connection.LocalEndPoint, socket.LocalEndPoint);
        await pair.SendAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await pair.ReadAsync(1));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Closing_the_socket_sends_what_was_flushed_and_ends_the_connection()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var socket = pair.Connection.Features.Get<IConnectionSocketFeature>()!.Socket;
        Assert.Same(socket, pair.Connection.Features.Get<IConnectionSocketFeature>()!.Socket);
        var sent = new byte[300_000];
        Random.Shared.NextBytes(sent);
        var read = pair.Input.ReadAsync();
        var flush = pair.Output.WriteAsync(sent);
        socket.Close();
        socket.Close();
        Assert.Equal(sent, await pair.ReceiveToEndAsync());
        await flush;
        await Assert.ThrowsAsync<Microsoft.AspNetCore.Connections.ConnectionAbortedException>(async () => await read);
        Assert.True((await pair.Output.WriteAsync(sent)).IsCompleted);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task After_the_end_there_is_no_socket()
    {
        await using var host = await RingHost.StartAsync();
        await using var pair = await host.ConnectAsync();
        var feature = pair.Connection.Features.Get<IConnectionSocketFeature>()!;
        await pair.Connection.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => feature.Socket);
    }

    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Both_addresses_are_known_of_a_peer_that_has_reset_the_connection(string address)
    {
        await using var host = await RingHost.StartAsync(endPoint: new IPEndPoint(IPAddress.Parse(address), 0));
        for (var i = 0; i < 50; i++)
        {
            using var peer = host.NewPeer();
            peer.LingerState = new LingerOption(enable: true, seconds: 0);
            await peer.ConnectAsync(host.Listener.EndPoint);
            var own = peer.LocalEndPoint;
            peer.Close();
            var connection = (await host.Listener.AcceptAsync())!;
            Assert.Equal(own, connection.RemoteEndPoint);
            Assert.Equal(host.Listener.EndPoint, connection.LocalEndPoint);
            await connection.DisposeAsync();
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_knows_whether_code_runs_on_its_ring()
    {
        await using var host = await RingHost.StartAsync(new() { RingCount = 2 });
        await using var one = await host.ConnectAsync();
        await using var two = await host.ConnectAsync();
        Assert.False(one.Ring.IsOnRing);
        Assert.Equal(0, one.Ring.HandOffs);
        var (onOne, onTwo) = (false, true);
        await one.OnRingAsync(() => (onOne, onTwo) = (one.Ring.IsOnRing, two.Ring.IsOnRing));
        Assert.True(onOne);
        Assert.False(onTwo);
    }

    private sealed class DuplexPair(System.IO.Pipelines.PipeWriter output, System.IO.Pipelines.PipeReader input)
        : System.IO.Pipelines.IDuplexPipe
    {
        public System.IO.Pipelines.PipeReader Input => input;

        public System.IO.Pipelines.PipeWriter Output => output;
    }
}
