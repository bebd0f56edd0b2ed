using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// A large write is sent from the application's own memory. However the write ends, the memory is the application's
/// again then, and what it does to it does not reach the client.
/// </summary>
public sealed class BorrowedMemoryTests
{
    private const int Size = 200_000;
    private const int FirstWindow = 100;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachTransport]
    public Task A_write_that_is_canceled_gives_it_back(TipiTransport transport) =>
        AssertGivenBackAsync(transport, async (body, bytes, isTaken) =>
        {
            using var source = new CancellationTokenSource();
            ValueTask<FlushResult> write = body.WriteAsync(bytes, source.Token);
            await isTaken;
            Assert.False(write.IsCompleted);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.AsTask().WaitAsync(s_patience));
        });

    [Theory, OnEachTransport]
    public Task One_whose_flush_is_canceled_gives_it_back(TipiTransport transport) =>
        AssertGivenBackAsync(transport, async (body, bytes, isTaken) =>
        {
            ValueTask<FlushResult> write = body.WriteAsync(bytes);
            await isTaken;
            Assert.False(write.IsCompleted);
            body.CancelPendingFlush();
            Assert.True((await write.AsTask().WaitAsync(s_patience)).IsCanceled);
        });

    [Theory, OnEachTransport]
    public Task One_that_nobody_awaits_gives_it_back_at_the_next(TipiTransport transport) =>
        AssertGivenBackAsync(transport, async (body, bytes, isTaken) =>
        {
            ValueTask<FlushResult> write = body.WriteAsync(bytes.AsMemory(0, Size - 1));
            await isTaken;
            Assert.False(write.IsCompleted);
            ValueTask<FlushResult> last = body.WriteAsync(bytes.AsMemory(Size - 1));
            _ = (write.AsTask(), last.AsTask());
        });

    [Theory, OnEachTransport]
    public Task One_that_nobody_awaits_gives_it_back_at_the_end(TipiTransport transport) =>
        AssertGivenBackAsync(transport, async (body, bytes, isTaken) =>
        {
            ValueTask<FlushResult> write = body.WriteAsync(bytes);
            await isTaken;
            Assert.False(write.IsCompleted);
            body.Complete();
            _ = write.AsTask();
        });

    [Theory, OnEachTransport]
    public async Task One_that_is_behind_another_does_not_wait_for_ever(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            Task[] writes = new Task[5];
            for (int i = 0; i < writes.Length; i++)
                writes[i] = context.Response.BodyWriter.WriteAsync(new byte[Size]).AsTask();
            await Task.WhenAll(writes).WaitAsync(s_patience);
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, 10_000_000));
        await client.GrantAsync(0, 10_000_000);
        await client.HeadersAsync(1, Http2Client.Get);
        Assert.Equal(5 * Size, (await client.AnswerAsync(1)).Body.Length);
    }

    [Theory, OnEachTransport]
    public async Task One_that_was_given_back_ends_when_the_window_is_used_up(TipiTransport transport)
    {
        const int Window = 65_535;
        var output = new HeldOutput();
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(
            transport,
            async context =>
            {
                output.Hold();
                Task first = context.Response.BodyWriter.WriteAsync(new byte[Window + 1]).AsTask();
                await output.IsHeld; // all that the window permits is with the connection
                Task second = context.Response.BodyWriter.WriteAsync(new byte[1]).AsTask();
                output.Release();
                await Task.WhenAll(first, second).WaitAsync(s_patience);
                ended.SetResult();
            },
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Use(next => async connection =>
            {
                IDuplexPipe inner = connection.Transport;
                output.Inner = inner.Output;
                connection.Transport = new Duplex(inner.Input, output);
                await next(connection);
                connection.Transport = inner;
            })));
        using Http2Client client = await Http2Client.OpenAsync(server, endpoint: 1);
        await client.BeginAsync();
        await client.HeadersAsync(1, Http2Client.Get);
        await ended.Task.WaitAsync(s_patience);
        await client.GrantAsync(1, Window);
        await client.GrantAsync(0, Window);
        Assert.Equal(Window + 2, (await client.AnswerAsync(1)).Body.Length);
    }

    [Theory, OnEachTransport]
    public async Task The_writers_own_memory_may_be_written(TipiTransport transport)
    {
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            Memory<byte> memory = context.Response.BodyWriter.GetMemory(Size)[..Size];
            memory.Span.Fill((byte)'1');
            Task write = context.Response.BodyWriter.WriteAsync(memory).AsTask();
            for (int size = 1024; size <= 1024 * 1024; size *= 2)
            {
                byte[] others = ArrayPool<byte>.Shared.Rent(size);
                Array.Fill(others, (byte)'2');
            }
            await write;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, FirstWindow));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.GrantAsync(1, Size);
        await client.GrantAsync(0, Size);
        Assert.Equal(new string('1', Size), (await client.AnswerAsync(1)).Body);
    }

    [Theory, OnEachTransport]
    public async Task One_whose_stream_is_reset_ends(TipiTransport transport)
    {
        var ended = new TaskCompletionSource<FlushResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            ended.SetResult(await context.Response.BodyWriter.WriteAsync(new byte[Size]));
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, FirstWindow));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.ResetAsync(1);
        Assert.True((await ended.Task.WaitAsync(s_patience)).IsCompleted);
    }

    /// <summary>
    /// The application writes ones and then overwrites them with twos; the client, of whom the write had to wait until
    /// then, gets ones.
    /// </summary>
    private static async Task AssertGivenBackAsync(TipiTransport transport, Func<PipeWriter, byte[], Task, Task> write)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var overwritten = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            byte[] bytes = new byte[Size];
            Array.Fill(bytes, (byte)'1');
            try
            {
                await write(context.Response.BodyWriter, bytes, taken.Task);
                Array.Fill(bytes, (byte)'2');
                overwritten.SetResult();
            }
            catch (Exception error)
            {
                overwritten.SetException(error);
                throw;
            }
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, FirstWindow));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await client.HearsAsync($"DATA 1 {new string('1', FirstWindow)}");
        taken.SetResult();
        await overwritten.Task.WaitAsync(s_patience);
        await client.GrantAsync(1, Size);
        await client.GrantAsync(0, Size);
        Assert.Equal(new string('1', Size), (await client.AnswerAsync(1)).Body);
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Flushes end when they are let go.</summary>
    private sealed class HeldOutput : PipeWriter
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _holds;

        internal PipeWriter Inner { get; set; } = null!;

        internal Task IsHeld => _held.Task;

        internal void Hold() => _holds = true;

        internal void Release() => _released.SetResult();

        public override void Advance(int bytes) => Inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => Inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => Inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => Inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => Inner.Complete(exception);

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            FlushResult result = await Inner.FlushAsync(cancellationToken);
            if (!_holds) return result;
            _held.TrySetResult();
            await _released.Task;
            return result;
        }
    }
}
