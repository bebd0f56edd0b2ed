using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tipi.Compare.Siege.Http2;
using Tipi.Compare.Siege.Tls;

namespace Tipi.Compare.Siege;

/// <summary>A well-behaved client's connection: one request after another, each answered or not.</summary>
internal abstract class ProbeTalk(Stream stream) : IDisposable
{
    protected Stream Stream => stream;

    /// <summary>Connects; throws <see cref="IOException"/>, <see cref="SocketException"/> or
    /// <see cref="System.Security.Authentication.AuthenticationException"/> when it cannot.</summary>
    public static ProbeTalk Open(int port, Neighbour neighbour, int patienceMs)
    {
        var stream = Connect(port, patienceMs);
        try
        {
            return neighbour switch
            {
                Neighbour.Http1 => new Http1Talk(stream),
                Neighbour.Http1OverTls => new Http1Talk(Shake(stream, TlsClient.Http1)),
                Neighbour.Http2 => new Http2Talk(stream, isTls: false),
                _ => new Http2Talk(Shake(stream, TlsClient.Http2), isTls: true),
            };
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Whether the right answer came. A connection that gave a wrong one is of no use any more.</summary>
    public abstract bool TryAsk();

    public void Dispose() => stream.Dispose();

    private static NetworkStream Connect(int port, int patienceMs)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
        {
            NoDelay = true,
            ReceiveTimeout = patienceMs,
            SendTimeout = patienceMs,
        };
        try
        {
            // Another address than the attackers', who may have used up what one may have.
            socket.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), 0));
            socket.Connect(IPAddress.Loopback, port);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static SslStream Shake(Stream below, SslApplicationProtocol protocol)
    {
        var stream = new SslStream(below);
        stream.AuthenticateAsClient(TlsClient.Options(protocol));
        return stream;
    }
}
