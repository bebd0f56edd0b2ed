using System.IO.Pipelines;
using System.Net;
using Tipi.Hosting.Tests.Http2;

namespace Tipi.Hosting.Tests.Connections;

public sealed class HeartbeatTests
{
    [Theory, OnEachTransport]
    public async Task A_connection_that_can_not_be_woken_does_not_keep_the_others_alive(TipiTransport transport)
    {
        int beats = 0;
        bool isBroken = true;
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask, options =>
        {
            options.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(1);
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => async connection =>
            {
                IDuplexPipe inner = connection.Transport;
                connection.Transport = new Broken(inner.Output, new DeafReader(inner.Input, OnCancel));
                await next(connection);
                connection.Transport = inner;
            }));
        });
        using RawClient usual = await server.ConnectAsync();
        using RawClient deaf = await server.ConnectAsync(endpoint: 1);
        foreach (RawClient client in new[] { usual, deaf })
        {
            await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(200, (await client.ReadResponseAsync()).Status);
        }

        Assert.True(await usual.IsEndedAsync());
        // It was asked a moment later than the usual one.
        await Eventually.HoldsAsync(() => Volatile.Read(ref beats) > 0, () => "nobody was woken");
        Volatile.Write(ref isBroken, false);
        Assert.True(await deaf.IsEndedAsync());

        void OnCancel()
        {
            Interlocked.Increment(ref beats);
            if (Volatile.Read(ref isBroken)) throw new InvalidOperationException("The middleware is broken.");
        }
    }

    private sealed class Broken(PipeWriter output, PipeReader input) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    private sealed class DeafReader(PipeReader inner, Action onCancel) : PipeReader
    {
        public override void CancelPendingRead()
        {
            onCancel();
            inner.CancelPendingRead();
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            inner.ReadAsync(cancellationToken);

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
