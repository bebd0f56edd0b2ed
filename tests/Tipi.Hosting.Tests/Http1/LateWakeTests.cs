using System.IO.Pipelines;
using System.Net;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http1;

/// <summary>Requests that come in the moment in which their connection has been idle for too long.</summary>
public sealed class LateWakeTests
{
    [Theory, OnEachTransport]
    public async Task A_request_that_crosses_the_end_of_the_idle_time_is_served(TipiTransport transport)
    {
        var woken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(
            transport, context => context.Response.WriteAsync(context.Request.Path), options =>
            {
                options.Limits.KeepAliveTimeout = TimeSpan.FromMilliseconds(100);
                options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => async connection =>
                {
                    IDuplexPipe inner = connection.Transport;
                    connection.Transport = new Crossing(inner, woken);
                    await next(connection);
                    connection.Transport = inner;
                }));
            });
        using RawClient client = await server.ConnectAsync(endpoint: 1);
        await client.SendAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("/first", (await client.ReadResponseAsync()).Body);

        await woken.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await client.SendAsync("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.Equal("/second", (await client.ReadResponseAsync()).Body);
    }

    private sealed class Crossing(IDuplexPipe inner, TaskCompletionSource woken) : IDuplexPipe
    {
        public PipeReader Input { get; } = new CrossingReader(inner.Input, woken);

        public PipeWriter Output => inner.Output;
    }

    /// <summary>A wake that finds nothing is given together with the next bytes, as if they had come with it.</summary>
    private sealed class CrossingReader(PipeReader inner, TaskCompletionSource woken) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            ReadResult read = await inner.ReadAsync(cancellationToken);
            if (!read.IsCanceled) return read;
            woken.TrySetResult();
            while (read.Buffer.IsEmpty && !read.IsCompleted)
            {
                inner.AdvanceTo(read.Buffer.Start);
                read = await inner.ReadAsync(cancellationToken);
            }
            return new ReadResult(read.Buffer, isCanceled: true, read.IsCompleted);
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
