using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Tipi.Tests.Kernel;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests;

/// <summary>
/// One ring whose handlers echo messages of eight bytes; before that they do what the first byte says.
/// </summary>
internal sealed class SleepServer : IAsyncDisposable
{
    public const int MessageLength = 8;

    /// <summary>The handler sleeps uninterruptibly until it is woken.</summary>
    public const byte Sleeps = (byte)'s';

    /// <summary>The handler sleeps as a thread usually does, and only when its ring is lost uninterruptibly.</summary>
    public const byte SleepsLate = (byte)'l';

    /// <summary>The handler ends, and the connection with it.</summary>
    public const byte Ends = (byte)'x';

    /// <summary>The handler aborts the connection.</summary>
    public const byte Aborts = (byte)'a';

    /// <summary>The handler writes a lot before it sleeps uninterruptibly.</summary>
    public const byte WritesAndSleeps = (byte)'w';

    /// <summary>More than the kernel takes of what a peer does not read.</summary>
    public const int MuchLength = 24_000_000;

    private readonly RingServer _server;
    private readonly ConcurrentQueue<UninterruptibleSleep> _toSleep = new();
    private readonly List<UninterruptibleSleep> _all = [];

    public SleepServer(TimeSpan? budget = null)
    {
        var options = new UringTransportOptions { RingCount = 1 };
        if (budget is { } given) options.HandOffBudget = given;
        _server = new RingServer(options, HandleAsync);
    }

    public IPEndPoint EndPoint => _server.EndPoint;

    public RingGroup Rings => _server.Rings;

    public Exception[] Faults => _server.Faults;

    public int Connections => _server.Connections;

    /// <summary>Threads of the ring that sleep uninterruptibly.</summary>
    public static int Asleep => Directory.GetDirectories("/proc/self/task").Count(task =>
    {
        try
        {
            var stat = File.ReadAllText(Path.Combine(task, "stat"));
            return stat.Contains("(tipi-ring", StringComparison.Ordinal)
                && stat[stat.LastIndexOf(')') + 2] == 'D';
        }
        catch (IOException)
        {
            return false; // it has ended meanwhile
        }
    });

    /// <summary>Connects clients and has the handler of each fall asleep. Returns when all sleep.</summary>
    public async Task<Socket[]> PutToSleepAsync(int count, byte how = Sleeps)
    {
        var clients = new Socket[count];
        for (var i = 0; i < count; i++)
        {
            clients[i] = RingHost.NewPeer(EndPoint);
            await clients[i].ConnectAsync(EndPoint);
        }

        await PutToSleepAsync(how, clients);
        return clients;
    }

    /// <summary>Has the handlers of these clients fall asleep, all at once. Returns when all sleep.</summary>
    public async Task PutToSleepAsync(byte how, params Socket[] clients)
    {
        foreach (var _ in clients)
        {
            var sleep = new UninterruptibleSleep();
            _all.Add(sleep);
            _toSleep.Enqueue(sleep);
        }

        foreach (var client in clients) client.Send([how, 1, 2, 3, 4, 5, 6, 7]);
        await Eventually.EqualsAsync(clients.Length, () => Asleep, "the number of sleepers");
    }

    public void WakeAll()
    {
        foreach (var sleep in _all) sleep.Wake();
    }

    /// <summary>The sleeper's answer arrives, and nothing behind it.</summary>
    public static async Task ExpectAnswerAsync(Socket client, byte how = Sleeps)
    {
        var answer = new byte[MessageLength];
        for (var at = 0; at < answer.Length;)
        {
            var got = await client.ReceiveAsync(answer.AsMemory(at));
            if (got == 0) throw new EndOfStreamException("The answer of a sleeper is lost.");
            at += got;
        }

        Assert.Equal([how, 1, 2, 3, 4, 5, 6, 7], answer);
        Assert.Equal(0, client.Available);
    }

    public async ValueTask DisposeAsync()
    {
        WakeAll();
        await _server.DisposeAsync();
        foreach (var sleep in _all) sleep.Dispose();
    }

    private void Sleep()
    {
        if (_toSleep.TryDequeue(out var sleep)) sleep.Sleep();
    }

    private async Task HandleAsync(ConnectionContext connection)
    {
        var (input, output) = (connection.Transport.Input, connection.Transport.Output);
        while (true)
        {
            var result = await input.ReadAtLeastAsync(MessageLength).ConfigureAwait(false);
            if (result.Buffer.Length < MessageLength) return;
            var message = result.Buffer.Slice(0, MessageLength).ToArray();
            input.AdvanceTo(result.Buffer.GetPosition(MessageLength));
            switch (message[0])
            {
                case Sleeps:
                    Sleep();
                    break;
                case SleepsLate:
                    var ring = connection.Features.Get<IRingAffinityFeature>()!;
                    while (ring.IsOnRing) Thread.Sleep(1);
                    Thread.Sleep(20);
                    Sleep();
                    break;
                case WritesAndSleeps:
                    var writing = output.WriteAsync(new byte[MuchLength]).AsTask();
                    // In a later turn, when the ring has submitted what was written.
                    connection.Features.Get<IRingAffinityFeature>()!.Post(_ => Sleep(), null);
                    await writing.ConfigureAwait(false);
                    break;
                case Aborts:
                    connection.Abort();
                    return;
                case Ends:
                    return;
                default:
                    break;
            }

            await output.WriteAsync(message).ConfigureAwait(false);
        }
    }
}
