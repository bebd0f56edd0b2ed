using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace Tipi.Parity.Servers;

/// <summary>Connections to a server on the loopback.</summary>
internal static class Links
{
    /// <summary>A client that trusts everybody and asks for no protocol.</summary>
    internal static SslClientAuthenticationOptions Tls(params SslApplicationProtocol[] protocols) => new()
    {
        TargetHost = "localhost",
        ApplicationProtocols = protocols.Length > 0 ? [.. protocols] : null,
        RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null,
    };

    internal static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    /// <summary>Encrypts a connection, which is the stream's from then on.</summary>
    internal static async Task<SslStream> EncryptAsync(Socket socket, SslClientAuthenticationOptions options)
    {
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            using var source = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await stream.AuthenticateAsClientAsync(options, source.Token);
            return stream;
        }
        catch (Exception)
        {
            await stream.DisposeAsync();
            throw;
        }
    }
}
