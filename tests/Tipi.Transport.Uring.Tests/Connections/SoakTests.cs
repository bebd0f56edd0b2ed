using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Tipi.Tests.Kernel;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests.Connections;

/// <summary>
/// Many connections with random splits, aborts, half-closes and slow readers: every body is right, and afterwards
/// nothing is left of anything.
/// </summary>
public sealed class SoakTests
{
    private const int Clients = 200;
    private const int HeadLength = 8;
    private const int LargestBody = 300_000;

    private enum Way : byte
    {
        KeepAlive,
        HalfClose,
        SlowReader,
        ClientResets,
        ServerAborts,
    }

    [Fact]
    public async Task Bodies_are_right_and_nothing_leaks()
    {
        var seed = Stress.Seed();
        var time = Stress.Time(8);
        var descriptors = 0;
        var bodies = 0L;
        await RunAsync(seed, TimeSpan.FromSeconds(0.5)); // makes what is made once
        descriptors = Kernel.CountDescriptors();
        var clock = Stopwatch.StartNew();
        await using (var server = NewServer())
        {
            var afterFirst = 0L;
            for (var round = 0; round == 0 || clock.Elapsed < time; round++)
            {
                bodies += await RunRoundAsync(server, seed + round * Clients, time / 3);
                await ExpectRestAsync(server);
                var memory = GC.GetTotalMemory(forceFullCollection: true);
                if (round == 0) afterFirst = memory;
                Assert.True(
                    memory - afterFirst < 32 << 20, $"{memory - afterFirst} bytes more than after the first round.");
            }

            Assert.Empty(server.Faults);
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{bodies} bodies in {clock.Elapsed.TotalSeconds:F1} s");
        Assert.True(bodies > Clients);
        await Eventually.EqualsAsync(descriptors, Kernel.CountDescriptors, "the number of descriptors");
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
    }

    private static RingServer NewServer() => new(new() { RingCount = 2 }, HandleAsync);

    private static async Task RunAsync(int seed, TimeSpan time)
    {
        await using var server = NewServer();
        await RunRoundAsync(server, seed, time);
    }

    private static async Task<long> RunRoundAsync(RingServer server, int seed, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        var clients = Enumerable.Range(0, Clients).Select(i => Task.Run(async () =>
        {
            var random = new Random(seed + i);
            var bodies = 0L;
            do bodies += await TalkAsync(server.EndPoint, random);
            while (clock.Elapsed < time);
            return bodies;
        })).ToArray();
        return (await Task.WhenAll(clients).WaitAsync(time + TimeSpan.FromSeconds(30))).Sum();
    }

    // Nothing but the wake-up, the accept and the sends that are lent out may be known to a ring at rest.
    private static async Task ExpectRestAsync(RingServer server)
    {
        await Eventually.EqualsAsync(0, () => server.HandlersAtWork, "the number of handlers at work");
        await Eventually.EqualsAsync(0, () => server.Connections, "the number of connections");
        for (var i = 0; i < server.Rings.Count; i++)
        {
            var ring = server.Rings[i];
            await Eventually.EqualsAsync(2, () => ring.InFlight, "the number of requests in flight");
            var counted = new TaskCompletionSource<(int, int)>(TaskCreationOptions.RunContinuationsAsynchronously);
            ring.PostCall(_ => counted.SetResult((ring.Operations.Count, CountSends(ring.Operations))), null);
            var (all, sends) = await counted.Task;
            Assert.Equal(2, all - sends);
            Assert.InRange(sends, 0, Clients);
        }
    }

    private static int CountSends(OperationTable operations) =>
        Enumerable.Range(0, operations.End).Count(slot => operations.At(slot) is SendOperation);

    private static async Task<long> TalkAsync(IPEndPoint server, Random random)
    {
        using var socket = RingHost.NewPeer(server);
        if (random.Next(4) == 0) socket.ReceiveBufferSize = 32 * 1024;
        await socket.ConnectAsync(server);
        for (var bodies = 1L; ; bodies++)
        {
            var way = random.Next(10) switch
            {
                < 5 => Way.KeepAlive,
                < 7 => Way.HalfClose,
                < 8 => Way.SlowReader,
                < 9 => Way.ClientResets,
                _ => Way.ServerAborts,
            };
            if (!await ExchangeAsync(socket, way, random)) return bodies;
        }
    }

    // Sends a body in pieces and expects it back. False when that was the connection's last.
    private static async Task<bool> ExchangeAsync(Socket socket, Way way, Random random)
    {
        var body = Payload.Random(random.Next(), random.Next(4) == 0 ? random.Next(LargestBody) : random.Next(3000));
        var head = new byte[HeadLength];
        BinaryPrimitives.WriteInt32LittleEndian(head, body.Length);
        head[4] = (byte)way;
        var sending = SendAsync(socket, [.. head, .. body], random.Next(), way);
        if (way is Way.ClientResets or Way.ServerAborts)
        {
            await EndBadlyAsync(socket, way, random, sending);
            return false;
        }

        var hash = await ReceiveHashAsync(socket, body.Length, way is Way.SlowReader ? random : null);
        await sending;
        Assert.Equal(Payload.Hash(body), hash);
        if (way is not Way.HalfClose) return true;
        Assert.Equal(0, await socket.ReceiveAsync(new byte[1].AsMemory()));
        return false;
    }

    private static async Task SendAsync(Socket socket, byte[] bytes, int seed, Way way)
    {
        var random = new Random(seed);
        for (var at = 0; at < bytes.Length;)
        {
            var piece = Math.Min(bytes.Length - at, 1 + random.Next(random.Next(3) == 0 ? 60_000 : 900));
            at += await socket.SendAsync(bytes.AsMemory(at, piece));
        }

        if (way is Way.HalfClose) socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task EndBadlyAsync(Socket socket, Way way, Random random, Task sending)
    {
        try
        {
            if (way is Way.ClientResets)
            {
                if (random.Next(2) == 0) await Task.Delay(random.Next(3));
                socket.Close(0);
            }
            else
            {
                var buffer = new byte[10_000];
                while (await socket.ReceiveAsync(buffer.AsMemory()) > 0)
                {
                }
            }

            await sending;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // as was to be expected
        }
    }

    private static async Task<string> ReceiveHashAsync(Socket socket, int count, Random? slow)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[32 * 1024];
        for (var at = 0; at < count;)
        {
            var most = Math.Min(count - at, slow is null ? buffer.Length : 1 + slow.Next(buffer.Length));
            var got = await socket.ReceiveAsync(buffer.AsMemory(0, most));
            if (got == 0) throw new EndOfStreamException($"The stream ended after {at} of {count} bytes.");
            hash.AppendData(buffer, 0, got);
            at += got;
            if (slow?.Next(4) == 0) await Task.Delay(1);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static async Task HandleAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var head = await input.ReadAtLeastAsync(HeadLength).ConfigureAwait(false);
            if (head.Buffer.Length < HeadLength) return;
            var bytes = head.Buffer.Slice(0, HeadLength).ToArray();
            input.AdvanceTo(head.Buffer.GetPosition(HeadLength));
            var left = BinaryPrimitives.ReadInt32LittleEndian(bytes);
            var way = (Way)bytes[4];
            while (left > 0)
            {
                var result = await input.ReadAsync().ConfigureAwait(false);
                var piece = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, left));
                left -= (int)piece.Length;
                foreach (var memory in piece) output.Write(memory.Span);
                input.AdvanceTo(piece.End);
                if (left % 5 == 0) await Task.Yield(); // goes on somewhere else
                if (way is Way.ServerAborts && left % 3 == 0) connection.Abort();
                if ((await output.FlushAsync().ConfigureAwait(false)).IsCompleted) return;
                if (result.IsCompleted && left > 0) return;
            }

            if (way is Way.ServerAborts) connection.Abort();
        }
    }
}
