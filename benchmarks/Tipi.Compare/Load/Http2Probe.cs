using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>Asks in HTTP/2 and checks status and body; the size depends on how header fields were compressed.</summary>
internal sealed class Http2Probe : IProbe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Workload _workload;
    private readonly Uri _url;
    private readonly HttpClient _client;

    public Http2Probe(Workload workload, int port, Socket socket)
    {
        _workload = workload;
        _url = new Uri($"{(workload.IsEncrypted ? "https" : "http")}://127.0.0.1:{port}{workload.Path}");
        Socket = socket;
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => ValueTask.FromResult<Stream>(new NetworkStream(socket, ownsSocket: true)),
            SslOptions = TlsClient.Options,
            PlaintextStreamFilter = (context, _) => ValueTask.FromResult(Checked(context.PlaintextStream)),
        };
        _client = new HttpClient(handler) { Timeout = Limit };
    }

    public Socket Socket { get; }

    public int? Ask()
    {
        // HttpClient speaks HTTP/2 in no other way than asynchronously.
        AskAsync().GetAwaiter().GetResult();
        return null;
    }

    public void Dispose()
    {
        _client.Dispose();
        Socket.Dispose();
    }

    private async Task AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _url)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (_workload.RequestBody is { } body)
        {
            request.Method = HttpMethod.Post;
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(_workload.ContentType);
        }

        try
        {
            using var response = await _client.SendAsync(request);
            var answer = await response.Content.ReadAsStringAsync();
            if (response.StatusCode != HttpStatusCode.OK || answer != _workload.Body)
                throw new MeasurementException($"not the wanted answer: {(int)response.StatusCode}, {Quote(answer)}");
        }
        catch (HttpRequestException error)
        {
            throw new MeasurementException($"no answer in HTTP/2: {error.GetBaseException().Message}", error);
        }
        catch (TaskCanceledException late)
        {
            throw new MeasurementException($"no answer within {Limit.TotalSeconds} s", late);
        }
    }

    private static Stream Checked(Stream stream)
    {
        if (stream is SslStream encrypted)
            TlsClient.RequireSame(encrypted);
        return stream;
    }

    private static string Quote(string text) => text[..Math.Min(text.Length, 100)];
}
