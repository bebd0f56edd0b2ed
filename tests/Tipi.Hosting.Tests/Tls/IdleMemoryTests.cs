using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Server;
using Tipi.Hosting.Tests.Http2;
using Tipi.Hosting.Tests.Server;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>
/// What an idle connection over TLS keeps alive: after its handshake and one answered request, waiting for the next,
/// once it has given up what it kept of the request.
/// Objects of the process, of which the client's are a socket; the TLS library's own memory is not in it.
/// </summary>
[Collection(Alone.Name)]
public sealed class IdleMemoryTests
{
    private const int Few = 50;
    private const int Many = 150;
    private const int Rounds = 7;

    [Theory, OnEachTransport]
    public async Task An_idle_connection_holds_few_objects(TipiTransport transport)
    {
        int mostBytes = transport == TipiTransport.Uring ? 4_200 : 6_800;
        CancellationToken stop = TestContext.Current.CancellationToken;
        var options = new TipiServerOptions { Transport = transport };
        options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseTls(new TestPolicy()));
        using var server = new TipiServer(Options.Create(options), NullLoggerFactory.Instance);
        var application = new Hello();
        await server.StartAsync(application, stop);
        int port = new Uri(server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;

        List<Socket> clients = [.. Enumerable.Range(0, Few).Select(_ => AskAndStay(port))];
        long[] held = new long[Rounds];
        await application.RestsAsync();
        for (int i = 0; i < Rounds; i++) held[i] = await HeldByAsync(clients, port, application);
        foreach (Socket client in clients) client.Dispose();
        await server.StopAsync(stop);

        // The one in the middle: what earlier tests have left behind, pools of arrays too, may go in one of the rounds.
        // Less than the first would say that connections were closed.
        Array.Sort(held);
        Assert.True(held[Rounds / 2] >= 2_000 && held[Rounds / 2] <= mostBytes, string.Join(", ", held));
    }

    /// <summary>Bytes a connection that some more of them keep alive.</summary>
    private static async Task<long> HeldByAsync(List<Socket> clients, int port, Hello application)
    {
        long before = RestingBytes();
        clients.AddRange(Enumerable.Range(0, Many).Select(_ => AskAndStay(port)));
        await application.RestsAsync();
        return (RestingBytes() - before) / Many;
    }

    /// <summary>
    /// Bytes of the heap once they hardly change any more. <see cref="GC.GetTotalMemory"/> is content with less than
    /// five percent, which of a heap that earlier tests have filled is more than all connections hold.
    /// </summary>
    private static long RestingBytes()
    {
        long last = GC.GetTotalMemory(forceFullCollection: true);
        int alike = 0;
        for (int i = 0; i < 100 && alike < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            long bytes = GC.GetTotalMemory(forceFullCollection: false);
            alike = Math.Abs(bytes - last) < Many * 100 ? alike + 1 : 0;
            last = bytes;
        }
        return last;
    }

    /// <summary>Of the client nothing is left but the open socket.</summary>
    private static Socket AskAndStay(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, port);
        using var stream = new SslStream(new NetworkStream(socket), leaveInnerStreamOpen: true);
        stream.AuthenticateAsClient(new SslClientAuthenticationOptions
        {
            TargetHost = "localhost",
            AllowTlsResume = false,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
                certificate?.Equals(TestPolicy.Certificate) == true,
        });
        stream.Write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        byte[] answer = new byte[1024];
        int length = 0;
        while (!answer.AsSpan(0, length).EndsWith("hello"u8)) length += stream.ReadAtLeast(answer.AsSpan(length), 1);
        return socket;
    }

    private sealed class Hello : IHttpApplication<IFeatureCollection>
    {
        private readonly ConcurrentQueue<WeakReference> _used = new();

        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures)
        {
            _used.Enqueue(new WeakReference(contextFeatures));
            return contextFeatures;
        }

        /// <summary>Waits until the objects of all requests are gone.</summary>
        internal async Task RestsAsync()
        {
            await Eventually.HoldsAsync(
                () =>
                {
                    GC.Collect();
                    return !_used.Any(one => one.IsAlive);
                },
                () => $"{_used.Count(one => one.IsAlive)}");
            _used.Clear();
        }

        public async Task ProcessRequestAsync(IFeatureCollection context)
        {
            context.Get<IHttpResponseFeature>()!.Headers.ContentLength = 5;
            await context.Get<IHttpResponseBodyFeature>()!.Writer.WriteAsync("hello"u8.ToArray());
        }

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
            // Nothing is held.
        }
    }
}
