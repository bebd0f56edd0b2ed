using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>
/// What the server allocates for requests inside TLS: all of the process but the client's thread, which blocks on its
/// stream. The framework's host is left out.
/// </summary>
[Collection(Alone.Name)]
public sealed class TlsAllocationTests
{
    private const int Rounds = 3_000;

#if DEBUG
    /// <summary>The reader's wait: an object of 272 bytes where the compiler does not optimize.</summary>
    private const double MostPerRequest = 280;
#else
    /// <summary>Far below an object a request: timers and tiering allocate a little now and then.</summary>
    private const double MostPerRequest = 1;
#endif

    private static readonly byte[] s_get =
        "GET /plaintext HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n"u8.ToArray();

    /// <summary>GET, https, /plaintext and authority: literals that are not indexed.</summary>
    private static readonly byte[] s_headers =
        [0, 0, 25, 1, 5, 0, 0, 0, 0, 0x82, 0x87, 0x04, 10, .. "/plaintext"u8, 0x01, 9, .. "localhost"u8];

    private static readonly byte[] s_preface =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 4, 8, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0,
    ];

    [Theory, OnEachTransport]
    public async Task A_get_over_http_1_allocates_nothing(TipiTransport transport)
    {
        double perRequest = await MeasureAsync(transport, SslApplicationProtocol.Http11);
        Assert.True(perRequest < MostPerRequest, $"{perRequest:F3} bytes a request");
    }

    [Theory, OnEachTransport]
    public async Task Nor_does_one_over_http_2(TipiTransport transport)
    {
        double perRequest = await MeasureAsync(transport, SslApplicationProtocol.Http2);
        Assert.True(perRequest < MostPerRequest, $"{perRequest:F3} bytes a request");
    }

    private static async Task<double> MeasureAsync(TipiTransport transport, SslApplicationProtocol protocol)
    {
        await using BareServer server = await BareServer.StartAsync(
            new() { Transport = transport }, endpoint => endpoint.UseTls(new TestPolicy()));
        double perRequest = double.MaxValue;
        var client = new Thread(() => perRequest = Measure(server.Port, protocol));
        client.Start();
        while (client.IsAlive) await Task.Delay(20, TestContext.Current.CancellationToken);
        return perRequest;
    }

    /// <summary>Bytes allocated a request by all threads but this one, the best of several runs.</summary>
    private static double Measure(int port, SslApplicationProtocol protocol)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.Connect(IPAddress.Loopback, port);
        using var stream = new SslStream(new NetworkStream(socket));
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            ApplicationProtocols = [protocol],
            RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate?.Equals(TestPolicy.Certificate) == true,
        });
        bool isHttp2 = protocol == SslApplicationProtocol.Http2;
        byte[] request = isHttp2 ? s_headers : s_get;
        byte[] answer = new byte[64 * 1024];
        int id = isHttp2 ? 1 : 0;
        if (isHttp2) stream.Write(s_preface);
        Exchange(stream, request, answer, ref id);
        double best = double.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true) - GC.GetAllocatedBytesForCurrentThread();
            Exchange(stream, request, answer, ref id);
            long after = GC.GetTotalAllocatedBytes(precise: true) - GC.GetAllocatedBytesForCurrentThread();
            best = Math.Min(best, (after - before) / (double)Rounds);
        }
        return best;
    }

    /// <param name="stream">The client's.</param>
    /// <param name="request">Of HTTP/1.1, or a HEADERS frame.</param>
    /// <param name="answer">To read into.</param>
    /// <param name="id">The next stream; 0 over HTTP/1.1.</param>
    private static void Exchange(SslStream stream, byte[] request, byte[] answer, ref int id)
    {
        for (int i = 0; i < Rounds; i++)
        {
            if (id > 0) BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(5), id);
            if (id > 0) id += 2;
            stream.Write(request);
            for (int length = 0; answer.AsSpan(0, length).IndexOf(BareServer.Hello) < 0;)
            {
                int read = stream.Read(answer, length, answer.Length - length);
                if (read == 0) throw new InvalidOperationException("The server has closed the connection.");
                length += read;
            }
        }
    }
}
