using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

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

    private static readonly byte[] s_hello = "Hello, World!"u8.ToArray();

    [Theory, OnEachTransport]
    public async Task A_get_allocates_nothing(TipiTransport transport)
    {
        var options = new TipiServerOptions { Transport = transport };
        options.Listen(IPAddress.Loopback, 0);
        using var server = new TipiServer(Options.Create(options), NullLoggerFactory.Instance);
        await server.StartAsync(new Plaintext(), TestContext.Current.CancellationToken);
        string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        double perRequest = Measure(new Uri(address).Port);
        await server.StopAsync(TestContext.Current.CancellationToken);
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
            options.Listen(IPAddress.Loopback, 0);
            using var server = new TipiServer(Options.Create(options), NullLoggerFactory.Instance);
            await server.StartAsync(new Plaintext(), TestContext.Current.CancellationToken);
            string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
            double perRequest = Measure(new Uri(address).Port);
            await server.StopAsync(TestContext.Current.CancellationToken);
            Assert.True(perRequest < LargestPerRequest, $"{format}: {perRequest:F3} bytes a request");
        }
    }

    [Fact]
    public async Task The_measurement_sees_an_object_a_request()
    {
        var options = new TipiServerOptions { Transport = TipiTransport.Sockets, DisableStringReuse = true };
        options.Listen(IPAddress.Loopback, 0);
        using var server = new TipiServer(Options.Create(options), NullLoggerFactory.Instance);
        await server.StartAsync(new Plaintext(), TestContext.Current.CancellationToken);
        string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
        Assert.True(Measure(new Uri(address).Port) > 100);
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
            while (!answer.AsSpan(0, length).EndsWith(s_hello)) length += socket.Receive(answer.AsSpan(length));
        }
    }

    private sealed class Plaintext : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context)
        {
            var response = context.Get<IHttpResponseFeature>()!;
            response.Headers.ContentType = "text/plain";
            response.Headers.ContentLength = s_hello.Length;
            ValueTask<FlushResult> write = context.Get<IHttpResponseBodyFeature>()!.Writer.WriteAsync(s_hello);
            if (!write.IsCompletedSuccessfully) throw new InvalidOperationException("The write had to wait.");
            _ = write.Result;
            return Task.CompletedTask;
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
            // Nothing is held.
        }
    }
}
