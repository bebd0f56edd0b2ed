using System.Net;
using System.Net.WebSockets;
using System.Text;
using Tipi.Stack.Tests.Drain;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>The counting application on one wire, and a request of each kind over it.</summary>
internal static class WireRequests
{
    /// <summary>How many requests <see cref="AskAsync"/> makes.</summary>
    internal const int Count = 4;

    internal static Task<CountingApp> StartAppAsync(StackWire wire, StackServer server, params string[] before)
    {
        const string Endpoint = "--Kestrel:Endpoints:One";
        string scheme = wire.HasTls() ? "https" : "http";
        string[] certificate = wire.HasTls()
            ?
            [
                $"{Endpoint}:Certificate:Path={SiteCertificates.Shared.SitePath}",
                $"{Endpoint}:Certificate:KeyPath={SiteCertificates.Shared.SiteKeyPath}",
            ]
            : [];
        string[] endpoint =
            [$"{Endpoint}:Url={scheme}://127.0.0.1:0", $"{Endpoint}:Protocols={wire.Protocols()}", .. certificate];
        return CountingApp.StartAsync(before, server, endpoint);
    }

    /// <summary>One that is answered at once, one answered later, one with a body, and a WebSocket.</summary>
    internal static async Task AskAsync(StackWire wire, Uri address)
    {
        using var client = new HttpClient(wire.NewHandler()) { BaseAddress = address, Timeout = Eventually.Patience };
        Assert.Equal("quick 1", await AskAsync(client, wire, HttpMethod.Get, "/quick/1", null));
        Assert.Equal("slow 2", await AskAsync(client, wire, HttpMethod.Get, "/slow/2", null));
        using var content = new ByteArrayContent(new byte[100_000]);
        Assert.Equal("body 3 100000", await AskAsync(client, wire, HttpMethod.Post, "/body/3", content));
        Assert.Equal("socket 4", await ReadSocketAsync(client, wire, "/socket/4"));
    }

    /// <summary>The body of the answer to one request.</summary>
    internal static async Task<string> AskAsync(
        HttpClient client, StackWire wire, HttpMethod method, string path, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Version = wire.Version(),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        using HttpResponseMessage answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> ReadSocketAsync(HttpClient client, StackWire wire, string path)
    {
        using var limit = new CancellationTokenSource(Eventually.Patience);
        using var socket = new ClientWebSocket();
        socket.Options.HttpVersion = wire.Version();
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var address = new UriBuilder(new Uri(client.BaseAddress!, path)) { Scheme = wire.HasTls() ? "wss" : "ws" };
        await socket.ConnectAsync(address.Uri, client, limit.Token);
        var bytes = new byte[100];
        WebSocketReceiveResult text = await socket.ReceiveAsync(bytes, limit.Token);
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        return Encoding.UTF8.GetString(bytes, 0, text.Count);
    }
}
