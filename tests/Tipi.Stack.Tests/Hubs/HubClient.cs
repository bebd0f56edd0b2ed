using System.Net.Http.Json;
using System.Text.Json;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>SignalR's JSON protocol, spoken by hand: records that end with 0x1e, over one of three wires.</summary>
internal sealed class HubClient(IHubWire wire) : IAsyncDisposable
{
    private const char End = '\u001e';
    private const int Ping = 6;

    private readonly Queue<string> _records = [];

    /// <summary>
    /// A client that the hub knows. The handshake is answered before the hub counts a client among those it tells,
    /// so one call is answered first.
    /// </summary>
    internal static async Task<HubClient> ConnectAsync(StackHost host, string transport)
    {
        using HttpResponseMessage answer = await host.Client.PostAsync(
            new Uri("tents/negotiate?negotiateVersion=1", UriKind.Relative), null);
        var offer = await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>();
        Assert.Contains(offer.GetProperty("availableTransports").EnumerateArray(),
            offered => offered.GetProperty("transport").GetString() == transport);
        var path = $"tents?id={offer.GetProperty("connectionToken").GetString()}";
        IHubWire wire = transport switch
        {
            "WebSockets" => await SocketWire.OpenAsync(host, path),
            "ServerSentEvents" => await EventsWire.OpenAsync(host, path),
            _ => await PollingWire.OpenAsync(host, path),
        };
        var client = new HubClient(wire);
        await wire.SendAsync($"{{\"protocol\":\"json\",\"version\":1}}{End}");
        Assert.Equal("{}", await client.NextRecordAsync());
        await client.InvokeAsync("Echo", "here");
        Assert.Equal(3, (await client.NextAsync())!.Value.GetProperty("type").GetInt32());
        return client;
    }

    internal Task InvokeAsync(string target, object argument) => SendAsync(1, target, [argument]);

    internal Task InvokeAsync(string target) => SendAsync(1, target, []);

    internal Task StreamAsync(string target, object argument) => SendAsync(4, target, [argument]);

    /// <summary>The next message that is no ping; null: the server has ended the conversation.</summary>
    internal async Task<JsonElement?> NextAsync()
    {
        while (await NextRecordAsync() is { } record)
        {
            var message = JsonSerializer.Deserialize<JsonElement>(record);
            if (message.GetProperty("type").GetInt32() != Ping) return message;
        }
        return null;
    }

    public ValueTask DisposeAsync() => wire.DisposeAsync();

    private Task SendAsync(int type, string target, object[] arguments) => wire.SendAsync(
        JsonSerializer.Serialize(new { type, invocationId = "1", target, arguments }) + End);

    private async Task<string?> NextRecordAsync()
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        while (_records.Count == 0)
        {
            if (await wire.ReceiveAsync(limit.Token) is not { } records) return null;
            foreach (string record in records.Split(End, StringSplitOptions.RemoveEmptyEntries))
                _records.Enqueue(record);
        }
        return _records.Dequeue();
    }
}
