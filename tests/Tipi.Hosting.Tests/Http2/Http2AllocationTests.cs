using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// What the server allocates for requests and uploads over HTTP/2. Client and application allocate nothing in their
/// loops, and the framework's host is left out, so that what the process allocates is the server's.
/// </summary>
[Collection(Alone.Name)]
public sealed class Http2AllocationTests
{
    private const int Rounds = 2_000;
    private const int StreamsPerRound = 10;

    /// <summary>
    /// Far below one object a request: timers and tiering of the runtime allocate a little now and then.
    /// </summary>
    private const double LargestPerRequest = 1;

    /// <summary>GET, http, /plaintext, authority and accept: literals that are not indexed.</summary>
    private static readonly byte[] s_get =
    [
        0x82, 0x86, 0x04, 10, .. "/plaintext"u8, 0x01, 9, .. "localhost"u8, 0x0f, 0x04, 3, .. "*/*"u8,
    ];

    [Theory, OnEachTransport]
    public async Task A_get_allocates_nothing(TipiTransport transport)
    {
        double perRequest = await MeasureAsync(transport, Frames(type: 1, flags: 5, s_get));
        Assert.True(perRequest < LargestPerRequest, $"{perRequest:F3} bytes a request");
    }

    [Theory, OnEachTransport]
    public async Task Nor_do_frames_that_ask_for_nothing(TipiTransport transport)
    {
        byte[] update = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        byte[] perRound = [.. Frames(type: 1, flags: 5, s_get), .. update, .. update];
        double perRequest = await MeasureAsync(transport, perRound);
        Assert.True(perRequest < LargestPerRequest, $"{perRequest:F3} bytes a request");
    }

    private static byte[] Frames(byte type, byte flags, byte[] payload)
    {
        byte[] frame = [0, 0, (byte)payload.Length, type, flags, 0, 0, 0, 0, .. payload];
        return [.. Enumerable.Repeat(frame, StreamsPerRound).SelectMany(one => one)];
    }

    private static async Task<double> MeasureAsync(TipiTransport transport, byte[] perRound)
    {
        await using BareServer server = await BareServer.StartAsync(new() { Transport = transport });
        return Measure(server.Port, perRound);
    }

    /// <summary>Bytes allocated by the whole process a request, the best of several runs.</summary>
    private static double Measure(int port, byte[] perRound)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        socket.Connect(IPAddress.Loopback, port);
        byte[] window = [0, 0, 4, 8, 0, 0, 0, 0, 0, 0x3f, 0, 0, 0];
        socket.Send([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0, .. window]);
        byte[] answer = new byte[64 * 1024];
        int stream = 1;
        Exchange(socket, perRound, answer, ref stream);
        double best = double.MaxValue;
        for (int run = 0; run < 5; run++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            Exchange(socket, perRound, answer, ref stream);
            long after = GC.GetTotalAllocatedBytes(precise: true);
            best = Math.Min(best, (after - before) / (double)(Rounds * StreamsPerRound));
        }
        return best;
    }

    private static void Exchange(Socket socket, byte[] perRound, byte[] answer, ref int stream)
    {
        for (int i = 0; i < Rounds; i++)
        {
            Number(perRound, ref stream);
            socket.Send(perRound);
            for (int bodies = 0; bodies < StreamsPerRound;)
            {
                // A body may come in two pieces only where the socket's buffer ends: it is far larger than a round.
                int length = socket.Receive(answer);
                if (length == 0) throw new InvalidOperationException("The server has closed the connection.");
                for (ReadOnlySpan<byte> rest = answer.AsSpan(0, length); ;)
                {
                    int next = rest.IndexOf(BareServer.Hello);
                    if (next < 0) break;
                    rest = rest[(next + BareServer.Hello.Length)..];
                    bodies++;
                }
            }
        }
    }

    /// <summary>Gives each HEADERS of the round its stream.</summary>
    private static void Number(Span<byte> frames, ref int stream)
    {
        while (!frames.IsEmpty)
        {
            int length = 9 + frames[2];
            if (frames[3] == 1)
            {
                BinaryPrimitives.WriteInt32BigEndian(frames[5..], stream);
                stream += 2;
            }
            frames = frames[length..];
        }
    }
}
