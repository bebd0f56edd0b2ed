using System.Net;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>Records as answers to requests that wait for them, the client's as requests.</summary>
internal sealed class PollingWire(StackHost host, string path) : IHubWire
{
    private readonly Uri _uri = new(path, UriKind.Relative);

    internal static async Task<IHubWire> OpenAsync(StackHost host, string path)
    {
        var wire = new PollingWire(host, path);
        // The first answer is empty and says that the connection is there.
        Assert.Equal("", await wire.ReceiveAsync(CancellationToken.None));
        return wire;
    }

    public Task SendAsync(string records) => PostedRecords.SendAsync(host, path, records);

    public async Task<string?> ReceiveAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await host.Client.GetAsync(_uri, cancellation);
        if (answer.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.NotFound) return null;
        return await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        using HttpResponseMessage answer = await host.Client.DeleteAsync(_uri);
        Assert.True(answer.StatusCode is HttpStatusCode.Accepted or HttpStatusCode.NotFound, $"{answer.StatusCode}");
    }
}
