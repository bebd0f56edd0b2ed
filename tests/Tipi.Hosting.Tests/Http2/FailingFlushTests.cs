using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>A transport whose writer fails by what is no IOException, as those of sockets and middleware may.</summary>
public sealed class FailingFlushTests
{
    [Theory, OnEachTransport]
    public Task When_a_flush_throws_the_connection_ends_with_all_its_requests(TipiTransport transport) =>
        AssertEndsAsync(transport, new FailingOutput { FailsAtFlush = true });

    [Theory, OnEachTransport]
    public Task When_there_is_no_memory_to_write_to_it_ends_alike(TipiTransport transport) =>
        AssertEndsAsync(transport, new FailingOutput { FailsAtFlush = false });

    private static async Task AssertEndsAsync(TipiTransport transport, FailingOutput output)
    {
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                if (context.Request.Path == "/break") output.IsBroken = true;
                else await Task.Delay(Timeout.Infinite, context.RequestAborted);
            },
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => async connection =>
            {
                IDuplexPipe inner = connection.Transport;
                output.Inner = inner.Output;
                connection.Transport = new Duplex(inner.Input, output);
                await next(connection);
                connection.Transport = inner;
            })));
        using var meters = new MeterRecorder(server);
        using Http2Client client = await Http2Client.OpenAsync(server, endpoint: 1);
        await client.BeginAsync();
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HeadersAsync(3, ":method: GET|:scheme: http|:path: /break|:authority: localhost");
        await Eventually.HoldsAsync(() => output.IsBroken, () => "no request runs");
        await Eventually.NothingIsLeftAsync(meters); // the client is still there
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class FailingOutput : PipeWriter
    {
        internal PipeWriter Inner { get; set; } = null!;

        internal bool FailsAtFlush { get; init; }

        internal volatile bool IsBroken;

        public override void Advance(int bytes) => Inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) =>
            IsBroken && !FailsAtFlush ? throw new InvalidOperationException("Gone.") : Inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override void CancelPendingFlush() => Inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => Inner.Complete(exception);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            IsBroken && FailsAtFlush
                ? throw new SocketException((int)SocketError.TimedOut)
                : Inner.FlushAsync(cancellationToken);
    }
}
