using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Tipi.Tests.Kernel;

namespace Tipi.Transport.Uring.Tests.Rings;

/// <summary>
/// Handlers that block, spin, throw, wait and abort at random, and a server that is stopped in the middle of it: every
/// answer that is due arrives, and every thread ends.
/// </summary>
public sealed class TakeOverStressTests
{
    private const int Clients = 40;
    private const int MessageLength = 16;

    private enum Act : byte
    {
        Echo,
        Sleep,
        Spin,
        Yield,
        Delay,
        Throw,
        Abort,
    }

    [Fact]
    public async Task Nothing_is_lost_and_everybody_ends()
    {
        var seed = Stress.Seed();
        var time = Stress.Time(6);
        var clock = Stopwatch.StartNew();
        var (rounds, handOffs, answers) = (0, 0L, 0L);
        do
        {
            var (lost, answered) = await RunRoundAsync(seed + rounds * 1000, rounds);
            handOffs += lost;
            answers += answered;
            rounds++;
        }
        while (clock.Elapsed < time);

        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} rounds, {handOffs} hand-offs, {answers} answers");
        Assert.True(handOffs > 0);
        Assert.True(answers > 0);
        await Eventually.EqualsAsync(0, () => Kernel.CountThreads("tipi-"), "the number of the transport's threads");
    }

    private static async Task<(long HandOffs, long Answers)> RunRoundAsync(int seed, int round)
    {
        var options = new UringTransportOptions
        {
            RingCount = 1 + round % 2,
            HandOffBudget = TimeSpan.FromMilliseconds(1 + round % 3 * 2),
        };
        var server = new RingServer(options, HandleAsync);
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, Clients)
            .Select(i => Task.Run(() => RunClientAsync(server.EndPoint, new Random(seed + i), stop.Token))).ToArray();
        await Task.Delay(1000 + new Random(seed).Next(500));
        await stop.CancelAsync(); // from now on a client may find its connection gone
        var handOffs = server.Rings.HandOffs;
        await server.DisposeAsync(); // in the middle of it
        var answers = await Task.WhenAll(clients).WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(server.Faults);
        Assert.Equal(0, server.Connections);
        return (handOffs, answers.Sum());
    }

    private static async Task<long> RunClientAsync(IPEndPoint server, Random random, CancellationToken stopped)
    {
        var answers = 0L;
        while (!stopped.IsCancellationRequested)
        {
            try
            {
                answers += await TalkAsync(server, random, stopped);
            }
            catch (Exception e) when (stopped.IsCancellationRequested && e is SocketException or EndOfStreamException)
            {
                break;
            }
        }

        return answers;
    }

    // One connection, until an act ends it.
    private static async Task<long> TalkAsync(IPEndPoint server, Random random, CancellationToken stopped)
    {
        using var socket = RingHost.NewPeer(server);
        await socket.ConnectAsync(server, CancellationToken.None);
        var message = new byte[MessageLength];
        var answers = 0L;
        while (!stopped.IsCancellationRequested)
        {
            var batch = 1 + random.Next(4);
            var sent = new byte[batch * MessageLength];
            var last = Act.Echo;
            for (var i = 0; i < batch; i++)
            {
                last = Draw(random, isLast: i == batch - 1);
                random.NextBytes(message);
                message[0] = (byte)last;
                message.CopyTo(sent, i * MessageLength);
            }

            await socket.SendAsync(sent, CancellationToken.None);
            var due = (last is Act.Throw or Act.Abort ? batch - 1 : batch) * MessageLength;
            var received = await ReceiveAsync(socket, due, mayEnd: last is Act.Abort);
            Assert.Equal(sent[..received.Length], received);
            answers += received.Length / MessageLength;
            if (last is not (Act.Throw or Act.Abort)) continue;
            await ExpectEndAsync(socket);
            break;
        }

        return answers;
    }

    // What ends the connection comes last in a batch, so that it is known which answers are due.
    private static Act Draw(Random random, bool isLast) => random.Next(100) switch
    {
        < 4 => Act.Sleep,
        < 6 => Act.Spin,
        < 14 => Act.Yield,
        < 18 => Act.Delay,
        < 20 when isLast => Act.Throw,
        < 22 when isLast => Act.Abort,
        _ => Act.Echo,
    };

    private static async Task<byte[]> ReceiveAsync(Socket socket, int count, bool mayEnd)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            try
            {
                var got = await socket.ReceiveAsync(bytes.AsMemory(at), CancellationToken.None);
                if (got == 0) throw new EndOfStreamException($"The stream ended after {at} of {count} bytes.");
                at += got;
            }
            catch (SocketException) when (mayEnd)
            {
                return bytes[..at]; // an abort drops what was not sent
            }
        }

        return bytes;
    }

    private static async Task ExpectEndAsync(Socket socket)
    {
        try
        {
            Assert.Equal(0, await socket.ReceiveAsync(new byte[1].AsMemory(), CancellationToken.None));
        }
        catch (SocketException e)
        {
            Assert.Equal(SocketError.ConnectionReset, e.SocketErrorCode);
        }
    }

    private static async Task HandleAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var result = await input.ReadAtLeastAsync(MessageLength).ConfigureAwait(false);
            if (result.Buffer.Length < MessageLength) return;
            var message = result.Buffer.Slice(0, MessageLength).ToArray();
            input.AdvanceTo(result.Buffer.GetPosition(MessageLength));
            await ActAsync((Act)message[0], BinaryPrimitives.ReadUInt16LittleEndian(message.AsSpan(1)), connection)
                .ConfigureAwait(false);
            var flushed = await output.WriteAsync(message).ConfigureAwait(false);
            if (flushed.IsCompleted) return;
        }
    }

    private static async Task ActAsync(Act act, int random, ConnectionContext connection)
    {
        switch (act)
        {
            case Act.Sleep:
                Thread.Sleep(1 + random % 20);
                break;
            case Act.Spin:
                var clock = Stopwatch.StartNew();
                while (clock.ElapsedMilliseconds <= random % 15) Thread.SpinWait(20);
                break;
            case Act.Yield:
                await Task.Yield();
                break;
            case Act.Delay:
                await Task.Delay(random % 4).ConfigureAwait(false);
                break;
            case Act.Throw:
                if (random % 2 == 0) Thread.Sleep(random % 8);
                throw new IOException("thrown on purpose");
            case Act.Abort:
                connection.Abort();
                if (random % 2 == 0) Thread.Sleep(random % 8);
                break;
            case Act.Echo:
            default:
                break;
        }
    }
}
