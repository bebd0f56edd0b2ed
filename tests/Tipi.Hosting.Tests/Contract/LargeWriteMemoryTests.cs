using System.IO.Pipelines;
using Tipi.Tests.Kernel;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>
/// The memory of a large write is the application's again when the write has ended, however that was: every write here
/// overwrites it then, and the client reads what was written.
/// </summary>
public sealed class LargeWriteMemoryTests
{
    private const int Writes = 60;
    private const int LargestWrite = 200_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task What_was_written_arrives(TipiTransport transport, Wire wire)
    {
        int seed = Stress.Seed();
        var written = new List<(byte Value, int Length)>();
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            var random = new Random(seed);
            Task before = Task.CompletedTask;
            for (int i = 0; i < Writes; i++)
            {
                byte[] bytes = new byte[random.Next(1, LargestWrite)];
                byte value = (byte)(1 + i);
                Array.Fill(bytes, value);
                written.Add((value, bytes.Length));
                Task write = WriteAsync(context.Response.BodyWriter, bytes, random.Next(4));
                // Some are followed by the next one before they have ended.
                if (random.Next(3) == 0) await before;
                else await Task.WhenAll(before, write).WaitAsync(s_patience);
                before = write;
            }
            await before.WaitAsync(s_patience);
        });
        using HttpResponseMessage response = await server.SendAsync("GET", "/");
        byte[] body = await response.Content.ReadAsByteArrayAsync();

        Assert.Equal(written.Sum(one => one.Length), body.Length);
        int at = 0;
        foreach (var (value, length) in written)
        {
            Assert.Equal(-1, body.AsSpan(at, length).IndexOfAnyExcept(value));
            at += length;
        }
    }

    private static async Task WriteAsync(PipeWriter body, byte[] bytes, int way)
    {
        using var source = new CancellationTokenSource();
        ValueTask<FlushResult> write = body.WriteAsync(bytes, source.Token);
        if (way == 0) await source.CancelAsync();
        if (way == 1) source.CancelAfter(1);
        if (way == 2) body.CancelPendingFlush();
        try
        {
            await write;
        }
        catch (OperationCanceledException)
        {
            // A write is taken whole all the same.
        }
        Array.Fill(bytes, byte.MaxValue);
    }
}
