using System.IO.Pipelines;
using System.Net;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>A pipe has one user at a time, which is all that a transport or middleware has to be right for.</summary>
public sealed class PipeUseTests
{
    [Theory, OnEachTransport]
    public async Task A_connection_whose_client_goes_ends_after_the_flush_that_is_under_way(TipiTransport transport)
    {
        var held = new HeldFlushes();
        await using TestServer server = await TestServer.StartAsync(transport, SendAsync, options =>
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => async connection =>
            {
                IDuplexPipe inner = connection.Transport;
                connection.Transport = new Held(inner.Input, new OneUserWriter(inner.Output, held));
                await next(connection);
                connection.Transport = inner;
            })));
        using var meters = new MeterRecorder(server);
        using (Http2Client client = await Http2Client.OpenAsync(server, endpoint: 1))
        {
            await client.BeginAsync();
            await client.ConnectionGoesOnAsync();
            held.Hold();
            await client.HeadersAsync(1, Http2Client.Get);
            await held.Reached;
        }

        // The client has gone; the server would end the connection now.
        await Task.Delay(500);
        Assert.False(held.WereDisturbed);
        held.Release();
        await meters.WaitAsync("kestrel.active_connections", count: 2);
        await Eventually.NothingIsLeftAsync(meters);
        Assert.False(held.WereDisturbed);
    }

    private static Task SendAsync(HttpContext context) => context.Response.Body.WriteAsync(new byte[1000]).AsTask();

    private sealed class Held(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }

    /// <summary>Flushes that last as long as the test wants.</summary>
    private sealed class HeldFlushes
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _areHeld;
        private volatile bool _wereDisturbed;

        /// <summary>Completes when one is held.</summary>
        internal Task Reached => _reached.Task;

        /// <summary>True when somebody used the pipe during a flush.</summary>
        internal bool WereDisturbed => _wereDisturbed;

        internal void Hold() => _areHeld = true;

        internal void Release() => _released.SetResult();

        internal void Disturb() => _wereDisturbed = true;

        internal async ValueTask PassAsync()
        {
            if (!_areHeld) return;
            _reached.TrySetResult();
            await _released.Task;
        }
    }

    private sealed class OneUserWriter(PipeWriter inner, HeldFlushes held) : PipeWriter
    {
        private int _isFlushing;

        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override void Advance(int bytes)
        {
            Watch();
            inner.Advance(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            Watch();
            return inner.GetMemory(sizeHint);
        }

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            Watch();
            return inner.GetSpan(sizeHint);
        }

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            if (Interlocked.Exchange(ref _isFlushing, 1) == 1) held.Disturb();
            try
            {
                await held.PassAsync();
                return await inner.FlushAsync(cancellationToken);
            }
            finally
            {
                Volatile.Write(ref _isFlushing, 0);
            }
        }

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            Watch();
            inner.Complete(exception);
        }

        private void Watch()
        {
            if (Volatile.Read(ref _isFlushing) == 1) held.Disturb();
        }
    }
}
