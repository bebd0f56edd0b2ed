using System.Net.ServerSentEvents;

namespace Tipi.Stack.Tests.Hubs;

/// <summary>Records as Server-Sent Events, the client's as requests.</summary>
internal sealed class EventsWire(StackHost host, string path, HttpResponseMessage answer) : IHubWire
{
    private readonly IAsyncEnumerator<SseItem<string>> _events = SseParser
        .Create(answer.Content.ReadAsStream()).EnumerateAsync().GetAsyncEnumerator();

    internal static async Task<IHubWire> OpenAsync(StackHost host, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path)
        {
            Version = host.Wire.Version(),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        request.Headers.Accept.ParseAdd("text/event-stream");
        HttpResponseMessage answer = await host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return new EventsWire(host, path, answer.EnsureSuccessStatusCode());
    }

    public Task SendAsync(string records) => PostedRecords.SendAsync(host, path, records);

    public async Task<string?> ReceiveAsync(CancellationToken cancellation) =>
        await _events.MoveNextAsync().AsTask().WaitAsync(cancellation) ? _events.Current.Data : null;

    // The goodbye is the end of the connection.
    public ValueTask DisposeAsync()
    {
        answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
