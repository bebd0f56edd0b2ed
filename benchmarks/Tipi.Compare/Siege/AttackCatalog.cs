using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Siege.Http2;
using Tipi.Compare.Siege.Tls;

namespace Tipi.Compare.Siege;

/// <summary>Every attack by name.</summary>
internal static class AttackCatalog
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Upload = "POST /upload HTTP/1.1\r\nHost: a\r\n";
    private const string Open = "GET / HTTP/1.1\r\nHost: a\r\n";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ever = Timeout.InfiniteTimeSpan;

    // Seconds are those in which the short limits act and a little more, or enough of a flood to see its cost.
    public static IReadOnlyList<Attack> All { get; } =
    [
        new("slow-headers", "a header byte a second", 5000, 9, Drip(Open + "X: ", "a", Second)),
        new("slow-body", "1 MB declared, 10 bytes a second", 5000, 7,
            Drip(Upload + "Content-Length: 1000000\r\n\r\n", "aaaaaaaaaa", Second)),
        new("steady-body", "1 MB declared, 300 bytes a second: above the rate", 5000, 7,
            Drip(Upload + "Content-Length: 1000000\r\n\r\n", new string('a', 300), Second)),
        new("slow-reader", "asks for 10 MB and reads nothing", 1000, 8, SlowReader),
        new("idle", "keep-alive connections after a request", 5000, 13, Drip(Get, "", Ever)),
        new("silent", "connections without a byte", 5000, 13, Drip("", "", Ever)),
        new("connect-fin", "opened and closed, up to 1,000 a second", 20, 5, who => CycleAsync(who, reset: false)),
        new("connect-rst", "opened and reset, up to 1,000 a second", 20, 5, who => CycleAsync(who, reset: true)),
        new("tls-garbage", "a TLS hello to a port of clear text", 500, 8,
            Drip("\u0016\u0003\u0001\u0002\0\u0001", "", Ever)),
        new("pipeline-unread", "requests without end, answers not read", 1, 7, who => who.OnceAsync(
            socket => who.DripAsync(socket, Many(Get), TimeSpan.Zero), reads: false)),
        new("pipeline-read", "requests without end, answers read", 1, 5, Flood("", Many(Get))),
        new("endless-header", "one header field without end", 50, 5, Flood(Open + "X: ", Many("aaaaaaaa"))),
        new("header-lines", "10,000 header fields and more", 50, 5, Flood(Open, Many("A: b\r\n"))),
        new("tiny-chunks", "chunks of one byte without end", 8, 5,
            Flood(Upload + "Transfer-Encoding: chunked\r\n\r\n", Many("1\r\na\r\n"))),
        new("chunk-extension", "a chunk extension without end", 50, 5,
            Flood(Upload + "Transfer-Encoding: chunked\r\n\r\n1;", Many("aaaaaaaa"))),
        new("endless-trailers", "trailers without end", 50, 5,
            Flood(Upload + "Transfer-Encoding: chunked\r\n\r\n0\r\n", Many("A: b\r\n"))),
        Unread("unread-16k", "siege-16k", 16 * 1024),
        Unread("unread-64k", "siege-64k", 64 * 1024),
        Unread("unread-default", "siege", 1024 * 1024, connections: 1000), // a gigabyte
        new("answers", "64 connections that ask on and are answered", 64, 5, Ask("/")),
        new("overload", "the same where 16 requests may run at once and take 0.2 s each", 64, 5, Ask("/slow"))
        {
            Application = "siege-overload", ProbesSecondEndpoint = true,
        },
        new("one-address", "5,000 silent connections where an address may have 100", 5000, 7, Drip("", "", Ever))
        {
            Application = "siege-address",
        },
        .. Http2Attacks.All.Select(attack => attack.ToAttack()),
        .. TlsAttacks.All,
    ];

    private static byte[] Many(string text) =>
        Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(text, 4096 / text.Length)));

    private static Func<Attacker, Task> Drip(string start, string piece, TimeSpan pause) =>
        who => who.OnceAsync(async socket =>
        {
            await who.SayAsync(socket, start);
            if (pause != Ever)
                await who.DripAsync(socket, Encoding.Latin1.GetBytes(piece), pause);
        });

    // Comes back after it was refused, ten times a second.
    private static Func<Attacker, Task> Flood(string start, byte[] piece) => async who =>
    {
        while (!who.End.IsCancellationRequested)
        {
            await who.OnceAsync(async socket =>
            {
                await who.SayAsync(socket, start);
                await who.DripAsync(socket, piece, TimeSpan.Zero);
            });
            await Task.Delay(100, CancellationToken.None);
        }
    };

    private static Task SlowReader(Attacker who) => who.OnceAsync(
        async socket =>
        {
            await who.SayAsync(socket, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
            // Nothing is read: that the server gave up shows as an error of the socket.
            while (!socket.Poll(0, SelectMode.SelectError))
                await Task.Delay(250, who.End);
            throw new SocketException((int)SocketError.ConnectionReset);
        },
        reads: false,
        receiveBuffer: 4096);

    private static Attack Unread(string name, string application, int bufferBytes, int connections = 5000) =>
        new(name, $"1 MB sent, the application does not read, {bufferBytes / 1024} KiB allowed", connections, 7,
            UnreadUpload)
        {
            Application = application,
            BoundBytes = bufferBytes,
        };

    private static Task UnreadUpload(Attacker who) => who.OnceAsync(async socket =>
    {
        // What the server does not take must not fill the kernel's memory for all sockets instead.
        socket.SendBufferSize = 8 * 1024;
        await who.SayAsync(socket, "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
        for (var rest = 256; rest > 0; rest--)
            await socket.SendAsync(new byte[4096], SocketFlags.None, who.End);
    });

    // One request after another on a connection; every answer counts, with its time.
    private static Func<Attacker, Task> Ask(string path) => who => who.OnceAsync(
        socket => who.AskOnAsync(socket, $"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n"), reads: false);

    private static async Task CycleAsync(Attacker who, bool reset)
    {
        while (!who.End.IsCancellationRequested)
        {
            await who.OnceAsync(
                socket =>
                {
                    socket.LingerState = new LingerOption(reset, 0);
                    return Task.CompletedTask;
                },
                reads: false);
            await Task.Delay(20, CancellationToken.None);
        }
    }
}
