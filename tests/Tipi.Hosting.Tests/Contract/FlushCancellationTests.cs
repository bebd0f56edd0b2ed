using System.IO.Pipelines;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Flushes whose token is cancelled at any moment, by another thread.</summary>
public sealed class FlushCancellationTests
{
    private const int Rounds = 200;

    /// <summary>More than the server keeps, so that each flush has to wait.</summary>
    private const int Piece = 8 * 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task What_a_cancelled_flush_took_is_sent(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                using var canceller = new Canceller();
                for (int i = 0; i < Rounds; i++)
                {
                    await FlushAndCancelAsync(context.Response.BodyWriter, canceller);
                    // Has nothing of its own to send: it ends when the client has taken what the other one left.
                    FlushResult rest = await context.Response.BodyWriter.FlushAsync().AsTask().WaitAsync(s_patience);
                    Assert.False(rest.IsCanceled || rest.IsCompleted, $"Round {i}: the next flush was cancelled.");
                }
            },
            options => options.Limits.MaxResponseBufferSize = Piece / 2);
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(Rounds * Piece, body.Length);
    }

    [Theory, OnEachWire]
    public async Task A_late_token_does_not_hide_a_cancellation_behind_it(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(
            transport, wire,
            async context =>
            {
                using var canceller = new Canceller();
                for (int i = 0; i < Rounds; i++)
                {
                    await FlushAndCancelAsync(context.Response.BodyWriter, canceller);
                    context.Response.BodyWriter.CancelPendingFlush();
                    FlushResult rest = await context.Response.BodyWriter.FlushAsync().AsTask().WaitAsync(s_patience);
                    Assert.True(rest.IsCanceled, $"Round {i}: the next flush was not cancelled.");
                }
            },
            options => options.Limits.MaxResponseBufferSize = Piece / 2);
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        Assert.Equal(Rounds * Piece, body.Length);
    }

    private static async Task FlushAndCancelAsync(PipeWriter writer, Canceller canceller)
    {
        // Some flushes are cancelled before they begin, some in their beginning, some while they wait.
        writer.GetSpan(Piece);
        writer.Advance(Piece);
        using CancellationTokenSource source = canceller.CancelSoon();
        try
        {
            FlushResult flush = await writer.FlushAsync(source.Token);
            Assert.False(flush.IsCanceled, "The token is not told by the result.");
        }
        catch (OperationCanceledException)
        {
            // It was cancelled before it was done.
        }
        finally
        {
            await canceller.WhenDoneAsync();
        }
    }

    /// <summary>A thread that does nothing but cancel, so that it does so in time.</summary>
    private sealed class Canceller : IDisposable
    {
        private const int LongestSpin = 60;

        private readonly Thread _thread;
        private CancellationTokenSource? _source;
        private volatile bool _isOver;

        internal Canceller()
        {
            _thread = new Thread(Run) { IsBackground = true };
            _thread.Start();
        }

        public void Dispose()
        {
            _isOver = true;
            _thread.Join();
        }

        internal CancellationTokenSource CancelSoon()
        {
            var source = new CancellationTokenSource();
            Volatile.Write(ref _source, source);
            Thread.SpinWait(Random.Shared.Next(LongestSpin));
            return source;
        }

        internal async Task WhenDoneAsync()
        {
            while (Volatile.Read(ref _source) is not null) await Task.Yield();
        }

        private void Run()
        {
            while (!_isOver)
            {
                if (Volatile.Read(ref _source) is not { } source)
                {
                    Thread.Yield();
                    continue;
                }
                Thread.SpinWait(Random.Shared.Next(LongestSpin));
                source.Cancel();
                Volatile.Write(ref _source, null);
            }
        }
    }
}
