using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tipi.Hosting.Tests.Http1;

/// <summary>
/// What the server allocates for a keep-alive GET. Client and application allocate nothing in their loops, and the
/// framework's host is left out, so that what the process allocates is the server's.
/// </summary>
[Collection(Alone.Name)]
public sealed class AllocationTests
{
    private const int Requests = 20_000;

    /// <summary>
    /// Far below one object a request: timers and tiering of the runtime allocate a little now and then.
    /// </summary>
    private const double LargestPerRequest = 1;

    [Theory, OnEachTransport]
    public async Task A_get_allocates_nothing(TipiTransport transport)
    {
        await using BareServer server = await BareServer.StartAsync(new() { Transport = transport });
        double perRequest = Measure(server.Port);
        Assert.True(perRequest < LargestPerRequest, $"{perRequest:F3} bytes a request");
    }

    [Theory, OnEachTransport]
    public async Task Nor_does_its_line_in_the_access_log(TipiTransport transport)
    {
        foreach (AccessLogFormat format in new[] { AccessLogFormat.Combined, AccessLogFormat.Json })
        {
            var options = new TipiServerOptions { Transport = transport };
            options.AccessLog.Format = format;
            options.AccessLog.Path = "/dev/null";
            await using BareServer server = await BareServer.StartAsync(options);
            double perRequest = Measure(server.Port);
            Assert.True(perRequest < LargestPerRequest, $"{format}: {perRequest:F3} bytes a request");
        }
    }

    [Fact]
    public async Task The_measurement_sees_an_object_a_request()
    {
        var options = new TipiServerOptions { Transport = TipiTransport.Sockets, DisableStringReuse = true };
        await using BareServer server = await BareServer.StartAsync(options);
        Assert.True(Measure(server.Port) > 100);
    }

    /// <summary>Bytes allocated by the whole process a request, the best of several rounds.</summary>
    private static double Measure(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.Connect(IPAddress.Loopback, port);
        byte[] request = Encoding.ASCII.GetBytes(
            "GET /plaintext?a=b HTTP/1.1\r\nHost: localhost\r\nUser-Agent: test\r\nAccept: */*\r\nX-Own: 1\r\n\r\n");
        byte[] answer = new byte[4096];
        Exchange(socket, request, answer, Requests);
        double best = double.MaxValue;
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(socket, request, answer, Requests);
            long after = GC.GetTotalAllocatedBytes(precise: true);
            best = Math.Min(best, (after - before) / (double)Requests);
        }
        return best;
    }

    private static void Exchange(Socket socket, byte[] request, byte[] answer, int count)
    {
        for (int i = 0; i < count; i++)
        {
            socket.Send(request);
            int length = 0;
            while (!answer.AsSpan(0, length).EndsWith(BareServer.Hello))
                length += socket.Receive(answer.AsSpan(length));
        }
    }
}
