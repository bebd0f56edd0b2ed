using System.Net.WebSockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting;

namespace Tipi.Stack.Tests.Push;

/// <summary>A WebSocket lives as long as its ends want: no timeout of HTTP ends it, and a stop is told.</summary>
public sealed class SocketLifeTests
{
    [Theory, OnEachWire]
    public async Task It_outlives_the_timeouts_of_HTTP(StackServer server, StackWire wire)
    {
        var limit = TimeSpan.FromSeconds(1);
        await using SocketHost host = await SocketHost.StartAsync(
            server, EchoSocket.RunAsync, new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.Zero }, wire,
            builder =>
            {
                builder.Services.Configure<KestrelServerOptions>(
                    options => options.Limits.KeepAliveTimeout = options.Limits.RequestHeadersTimeout = limit);
                builder.Services.Configure<TipiServerOptions>(
                    options => options.Limits.KeepAliveTimeout = options.Limits.RequestHeadersTimeout = limit);
            });
        using ClientWebSocket socket = await host.ConnectAsync(
            options => options.KeepAliveInterval = Timeout.InfiniteTimeSpan);

        for (var i = 0; i < 2; i++)
        {
            await Task.Delay(limit * 3);
            await socket.SendTextAsync($"{i}");
            Assert.Equal($"{i}", await socket.ReceiveTextAsync());
        }
        await socket.CloseAsync("enough");
    }

    [Theory, OnEachWire]
    public async Task A_stop_is_told_and_waits_for_the_farewell(StackServer server, StackWire wire)
    {
        IHostApplicationLifetime? lifetime = null;
        var farewell = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        SocketHost host = await SocketHost.StartAsync(
            server,
            async (served, _) =>
            {
                var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                await using var told = lifetime!.ApplicationStopping.Register(stopped.SetResult);
                await stopped.Task;
                await served.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "the camp breaks up", default);
                farewell.SetResult(served.CloseStatusDescription);
            },
            wire: wire);
        lifetime = host.Host.Services.GetRequiredService<IHostApplicationLifetime>();
        using ClientWebSocket socket = await host.ConnectAsync();

        Task stop = host.Host.StopAsync(Eventually.Patience);
        Assert.Null(await socket.ReceiveBytesAsync());
        Assert.Equal((WebSocketCloseStatus.EndpointUnavailable, "the camp breaks up"),
            (socket.CloseStatus, socket.CloseStatusDescription));
        try
        {
            await socket.CloseAsync("bye");
        }
        catch (WebSocketException) when (farewell.Task.IsCompletedSuccessfully
            && wire is not (StackWire.Http1 or StackWire.Http1Tls))
        {
            // HttpClient flushes once more after its last frame. By then the server may have ended the connection.
        }
        Assert.Equal("bye", await farewell.Task.WaitAsync(Eventually.Patience));

        await stop.WaitAsync(Eventually.Patience);
        await host.DisposeAsync();
    }

    [Theory, OnEachWire]
    public async Task One_that_does_not_listen_is_aborted_by_a_stop(StackServer server, StackWire wire)
    {
        var ended = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        SocketHost host = await SocketHost.StartAsync(
            server,
            async (served, aborted) =>
            {
                try
                {
                    await EchoSocket.RunAsync(served, aborted);
                }
                catch (Exception error)
                {
                    ended.SetResult(error);
                }
            },
            wire: wire);
        using ClientWebSocket socket = await host.ConnectAsync();
        await socket.SendTextAsync("here");
        Assert.Equal("here", await socket.ReceiveTextAsync());

        await host.DisposeAsync();

        await ended.Task.WaitAsync(Eventually.Patience);
        await Assert.ThrowsAnyAsync<WebSocketException>(() => socket.ReceiveBytesAsync());
    }
}
