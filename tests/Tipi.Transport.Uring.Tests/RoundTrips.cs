using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Tipi.Transport.Uring.Tests;

/// <summary>
/// Clients that ask all at once and wait for all answers, on one thread: how long did the worst wait?
/// </summary>
internal sealed class RoundTrips : IDisposable
{
    private const int MessageLength = 8;
    private readonly List<Socket> _sockets = [];
    private long _number;

    public RoundTrips(IPEndPoint server, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var socket = RingHost.NewPeer(server);
            socket.ReceiveTimeout = 20_000;
            socket.Connect(server);
            _sockets.Add(socket);
        }
    }

    public int Rounds { get; private set; }

    /// <summary>Asks round after round as long as told to. Each answer is checked.</summary>
    public TimeSpan FindWorst(Func<bool> goOn)
    {
        var worst = TimeSpan.Zero;
        Span<byte> message = stackalloc byte[MessageLength];
        Span<byte> answer = stackalloc byte[MessageLength];
        while (goOn())
        {
            var first = _number;
            var clock = Stopwatch.StartNew();
            foreach (var socket in _sockets)
            {
                BinaryPrimitives.WriteInt64LittleEndian(message, _number++ << 8 | 'e');
                socket.Send(message);
            }

            foreach (var socket in _sockets)
            {
                for (var at = 0; at < MessageLength;) at += Received(socket.Receive(answer[at..]));
                Assert.Equal(first++ << 8 | 'e', BinaryPrimitives.ReadInt64LittleEndian(answer));
            }

            if (clock.Elapsed > worst) worst = clock.Elapsed;
            Rounds++;
        }

        return worst;
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }

    private static int Received(int count) => count > 0 ? count : throw new EndOfStreamException("An answer is lost.");
}
