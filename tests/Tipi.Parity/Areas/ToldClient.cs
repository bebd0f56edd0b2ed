using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>A client that says in one line what it got.</summary>
internal static class ToldClient
{
    internal static X509Certificate2 Own { get; } = TestCertificate.Make("client");

    /// <summary>Version, status, the server's name if it says one, and body; or that the connection fails.</summary>
    internal static async Task<string> AskAsync(
        Uri address, Version? version = null, HttpContent? content = null, X509Certificate2? certificate = null,
        SslProtocols protocols = SslProtocols.None, int headers = 0)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions = Links.Tls();
        handler.SslOptions.ApplicationProtocols = null;
        handler.SslOptions.EnabledSslProtocols = protocols;
        if (certificate is not null)
        {
            handler.SslOptions.ClientCertificates = [certificate];
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
        using var request = new HttpRequestMessage(content is null ? HttpMethod.Get : HttpMethod.Post, address);
        request.Content = content;
        request.Version = version ?? HttpVersion.Version11;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        for (int i = 0; i < headers; i++) request.Headers.Add($"X-{i}", "x");
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request);
            string server = answer.Headers.Server.Count > 0 ? "with Server" : "without Server";
            string body = await answer.Content.ReadAsStringAsync();
            return $"{answer.Version}, {(int)answer.StatusCode}, {server}, {body}";
        }
        catch (HttpRequestException)
        {
            return "refused";
        }
    }

    /// <summary>Sends a text and reads as much, over TCP.</summary>
    internal static async Task<string> EchoAsync(Uri address, string text)
    {
        using Socket socket = await Links.ConnectAsync(address.Port);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        byte[] answer = new byte[text.Length];
        await stream.ReadExactlyAsync(answer);
        return Encoding.ASCII.GetString(answer);
    }
}
