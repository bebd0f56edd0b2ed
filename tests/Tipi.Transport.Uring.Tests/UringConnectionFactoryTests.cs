using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tipi.Transport.Uring.Tests;

public sealed class UringConnectionFactoryTests : IAsyncLifetime
{
    private readonly UringConnectionFactory _factory = new(new() { RingCount = 1 });

    public ValueTask InitializeAsync()
    {
        Kernel.NeedRing();
        return default;
    }

    public ValueTask DisposeAsync() => _factory.DisposeAsync();

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_connects_over_IPv4()
    {
        using var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await ExchangeAsync(listener, listener.LocalEndPoint!);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_connects_over_IPv6()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "No IPv6 here.");
        using var listener = Listen(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        await ExchangeAsync(listener, listener.LocalEndPoint!);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_connects_to_a_Unix_socket()
    {
        var path = Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}.sock");
        using var listener = Listen(new UnixDomainSocketEndPoint(path));
        await ExchangeAsync(listener, listener.LocalEndPoint!);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task It_connects_to_a_name_by_the_first_address_that_answers()
    {
        using var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await ExchangeAsync(listener, new DnsEndPoint("localhost", ((IPEndPoint)listener.LocalEndPoint!).Port));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_refusal_is_an_exception_and_leaves_nothing_behind()
    {
        using var bound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        bound.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, but nobody listens
        await RefusedAsync(bound.LocalEndPoint!);
        var descriptors = Kernel.CountDescriptors();
        for (var i = 0; i < 20; i++) await RefusedAsync(bound.LocalEndPoint!);
        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task A_socket_file_that_is_not_there_is_an_exception()
    {
        var missing = new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"tipi-{Guid.NewGuid():N}"));
        await Assert.ThrowsAsync<SocketException>(async () => await _factory.ConnectAsync(missing));
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task An_end_point_of_no_known_kind_harms_nobody_else()
    {
        await Assert.ThrowsAnyAsync<Exception>(async () => await _factory.ConnectAsync(new StrangeEndPoint()));
        using var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        await ExchangeAsync(listener, listener.LocalEndPoint!);
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Connecting_can_be_cancelled()
    {
        using var crowded = Crowd(out var crowd);
        using var source = new CancellationTokenSource();
        var connecting = _factory.ConnectAsync(crowded.LocalEndPoint!, source.Token).AsTask();
        await Task.Delay(50);
        Assert.False(connecting.IsCompleted);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            async () => await _factory.ConnectAsync(crowded.LocalEndPoint!, source.Token));
        foreach (var socket in crowd) socket.Dispose();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Cancelling_at_any_moment_ends_the_attempt()
    {
        using var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        var descriptors = 0;
        for (var i = 0; i < 300; i++)
        {
            if (i == 10) descriptors = Kernel.CountDescriptors();
            using var source = new CancellationTokenSource();
            var connecting = _factory.ConnectAsync(listener.LocalEndPoint!, source.Token).AsTask();
            Thread.SpinWait(i * 20);
            await source.CancelAsync();
            try
            {
                var connection = await connecting;
                connection.Abort();
                await connection.DisposeAsync();
            }
            catch (OperationCanceledException)
            {
                // it came in time
            }

            using var accepted = listener.Poll(0, SelectMode.SelectRead) ? await listener.AcceptAsync() : null;
        }

        while (listener.Poll(10_000, SelectMode.SelectRead)) listener.Accept().Dispose();
        await Eventually.HoldsAsync(() => Kernel.CountDescriptors() <= descriptors, "the descriptors to be given back");
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Disposing_ends_connections_and_attempts_and_refuses_new_ones()
    {
        using var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using var crowded = Crowd(out var crowd);
        var connection = await _factory.ConnectAsync(listener.LocalEndPoint!);
        var reading = connection.Transport.Input.ReadAsync().AsTask();
        var connecting = _factory.ConnectAsync(crowded.LocalEndPoint!).AsTask();
        await Task.Delay(20);
        await _factory.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading);
        await Assert.ThrowsAsync<SocketException>(() => connecting);
        await connection.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(
            async () => await _factory.ConnectAsync(listener.LocalEndPoint!));
        foreach (var socket in crowd) socket.Dispose();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Connecting_while_it_is_disposed_ends_one_way_or_the_other()
    {
        using var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0), backlog: 512);
        for (var round = 0; round < 30; round++)
        {
            var factory = new UringConnectionFactory(new() { RingCount = 2 });
            await (await factory.ConnectAsync(listener.LocalEndPoint!)).DisposeAsync();
            var connecting = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
            {
                try
                {
                    var connection = await factory.ConnectAsync(listener.LocalEndPoint!);
                    await connection.DisposeAsync();
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // the factory was faster
                }
            })).ToArray();
            Thread.SpinWait(round * 500);
            await factory.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
            await Task.WhenAll(connecting).WaitAsync(TimeSpan.FromSeconds(10));
            while (listener.Poll(0, SelectMode.SelectRead)) listener.Accept().Dispose();
        }
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task An_HttpClient_runs_over_the_rings()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = builder.Build();
        app.MapGet("/", () => "hello");
        app.MapPost("/echo", (HttpRequest request, HttpResponse response) => request.Body.CopyToAsync(response.Body));
        await app.StartAsync();
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, token) =>
                new ConnectionStream(await _factory.ConnectAsync(context.DnsEndPoint, token)),
        };
        using var client = new HttpClient(handler);
        var address = new Uri(app.Urls.Single());
        var body = Payload.Random(1, 700_000);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("hello", await client.GetStringAsync(address));
            using var answer = await client.PostAsync(new Uri(address, "/echo"), new ByteArrayContent(body));
            Assert.Equal(Payload.Hash(body), Payload.Hash(await answer.Content.ReadAsByteArrayAsync()));
        }

        await app.StopAsync();
    }

    private static Socket Listen(EndPoint endPoint, int backlog = 128)
    {
        var listener = endPoint is UnixDomainSocketEndPoint
            ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
            : new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(backlog);
        return listener;
    }

    // A listener whose queue is full: further connects get no answer.
    private static Socket Crowd(out List<Socket> crowd)
    {
        var listener = Listen(new IPEndPoint(IPAddress.Loopback, 0), backlog: 0);
        crowd = [];
        for (var i = 0; i < 4; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Blocking = false;
            crowd.Add(socket);
            try
            {
                socket.Connect(listener.LocalEndPoint!);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                // it goes on by itself
            }
        }

        Thread.Sleep(20);
        return listener;
    }

    private async Task ExchangeAsync(Socket listener, EndPoint endPoint)
    {
        var connection = await _factory.ConnectAsync(endPoint);
        await using var pair = new RingPair(await listener.AcceptAsync(), connection);
        if (connection.RemoteEndPoint is { } remote) Assert.Equal(listener.LocalEndPoint, remote);
        await pair.Output.WriteAsync("question"u8.ToArray());
        Assert.Equal("question"u8.ToArray(), await pair.ReceiveAsync(8));
        await pair.SendAsync("answer"u8.ToArray());
        Assert.Equal("answer"u8.ToArray(), await pair.ReadAsync(6));
    }

    private async Task RefusedAsync(EndPoint endPoint)
    {
        var error = await Assert.ThrowsAsync<SocketException>(async () => await _factory.ConnectAsync(endPoint));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    private sealed class StrangeEndPoint : EndPoint
    {
        public override AddressFamily AddressFamily => AddressFamily.InterNetwork;
    }
}
