using System.Text.Json;
using Microsoft.AspNetCore.SignalR;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>
/// SignalR over each of its transports, on each wire: invocations, streams, pushes, the end from both sides.
/// </summary>
public sealed class SignalRTests
{
    private static readonly string[] s_transports = ["WebSockets", "ServerSentEvents", "LongPolling"];

    [Theory, OnEachWire]
    public Task A_method_answers(StackServer server, StackWire wire) =>
        OnEachTransportAsync(server, wire, async (_, client) =>
        {
            foreach (string text in new[] { "Zelt ⛺", new string('x', 30_000), "" })
            {
                await client.InvokeAsync("Echo", text);
                JsonElement answer = Message(await client.NextAsync(), 3);
                Assert.Equal($"{text} back", answer.GetProperty("result").GetString());
            }
        });

    [Theory, OnEachWire]
    public Task A_stream_arrives_in_order_and_ends(StackServer server, StackWire wire) =>
        OnEachTransportAsync(server, wire, async (_, client) =>
        {
            await client.StreamAsync("Count", 50);

            for (var i = 0; i < 50; i++)
                Assert.Equal(i, Message(await client.NextAsync(), 2).GetProperty("item").GetInt32());
            Message(await client.NextAsync(), 3);
        });

    [Theory, OnEachWire]
    public Task The_server_pushes_by_itself(StackServer server, StackWire wire) =>
        OnEachTransportAsync(server, wire, async (host, client) =>
        {
            var hub = host.Services.GetRequiredService<IHubContext<TentHub>>();

            for (var i = 0; i < 10; i++)
            {
                await hub.Clients.All.SendAsync("told", $"{i}");
                JsonElement told = Message(await client.NextAsync(), 1);
                Assert.Equal($"told {i}", $"{told.GetProperty("target")} {told.GetProperty("arguments")[0]}");
            }
        });

    [Theory, OnEachWire]
    public async Task What_one_tells_reaches_all_on_every_transport(StackServer server, StackWire wire)
    {
        await using StackHost host = await StartAsync(server, wire);
        HubClient[] clients = await Task.WhenAll(
            s_transports.Select(transport => HubClient.ConnectAsync(host, transport)));

        await clients[0].InvokeAsync("Tell", "come");

        foreach (HubClient client in clients)
        {
            JsonElement told = Message(await client.NextAsync(), 1);
            Assert.Equal("come", told.GetProperty("arguments")[0].GetString());
            await client.DisposeAsync();
        }
    }

    [Theory, OnEachWire]
    public async Task A_client_that_goes_is_missed(StackServer server, StackWire wire)
    {
        await using StackHost host = await StartAsync(server, wire);
        var departures = host.Services.GetRequiredService<Departures>();

        for (var i = 0; i < s_transports.Length; i++)
        {
            HubClient client = await HubClient.ConnectAsync(host, s_transports[i]);
            Assert.Equal(i, departures.Seen);
            await client.DisposeAsync();
            await Eventually.TrueAsync(() => departures.Seen == i + 1, () => $"{s_transports[i]} was not missed.");
        }
    }

    [Theory, OnEachWire]
    public Task The_server_ends_the_conversation(StackServer server, StackWire wire) =>
        OnEachTransportAsync(server, wire, async (host, client) =>
        {
            int before = host.Services.GetRequiredService<Departures>().Seen;
            await client.InvokeAsync("Leave");

            while (await client.NextAsync() is { } message)
                Assert.True(message.GetProperty("type").GetInt32() is 3 or 7, $"{message}");
            await Eventually.TrueAsync(
                () => host.Services.GetRequiredService<Departures>().Seen > before, () => "The hub did not hear it.");
        });

    private static JsonElement Message(JsonElement? message, int type)
    {
        Assert.Equal(type, message!.Value.GetProperty("type").GetInt32());
        return message.Value;
    }

    private static async Task OnEachTransportAsync(
        StackServer server, StackWire wire, Func<StackHost, HubClient, Task> speak)
    {
        await using StackHost host = await StartAsync(server, wire);
        foreach (string transport in s_transports)
        {
            await using HubClient client = await HubClient.ConnectAsync(host, transport);
            await speak(host, client);
        }
    }

    private static Task<StackHost> StartAsync(StackServer server, StackWire wire) => StackHost.StartAsync(
        server,
        app =>
        {
            app.UseWebSockets();
            app.MapHub<TentHub>("/tents");
        },
        builder =>
        {
            builder.Services.AddSignalR();
            builder.Services.AddSingleton<Departures>();
        },
        wire);
}
