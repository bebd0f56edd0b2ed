using System.Net.Sockets;
using System.Text;

namespace Tipi.Compare.Siege;

/// <summary>Every attack by name.</summary>
internal static class AttackCatalog
{
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    private const string Upload = "POST /upload HTTP/1.1\r\nHost: a\r\n";
    private const string Open = "GET / HTTP/1.1\r\nHost: a\r\n";

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Ever = Timeout.InfiniteTimeSpan;

    public static IReadOnlyList<Attack> All { get; } =
    [
        new("slow-headers", "a header byte a second", 5000, Drip(Open + "X: ", "a", Second)),
        new("slow-body", "1 MB declared, 10 bytes a second", 5000,
            Drip(Upload + "Content-Length: 1000000\r\n\r\n", "aaaaaaaaaa", Second)),
        new("steady-body", "1 MB declared, 300 bytes a second: above the rate", 5000,
            Drip(Upload + "Content-Length: 1000000\r\n\r\n", new string('a', 300), Second)),
        new("slow-reader", "asks for 10 MB and reads nothing", 1000, SlowReader),
        new("idle", "keep-alive connections after a request", 5000, Drip(Get, "", Ever)),
        new("silent", "connections without a byte", 5000, Drip("", "", Ever)),
        new("connect-fin", "opened and closed as fast as 1,000 a second", 20, who => CycleAsync(who, reset: false)),
        new("connect-rst", "opened and reset as fast as 1,000 a second", 20, who => CycleAsync(who, reset: true)),
        new("tls-garbage", "a TLS hello to a port of clear text", 500,
            Drip("\u0016\u0003\u0001\u0002\0\u0001", "", Ever)),
        new("pipeline-unread", "requests without end, answers not read", 1, who => who.OnceAsync(
            socket => who.DripAsync(socket, Many(Get), TimeSpan.Zero), reads: false)),
        new("pipeline-read", "requests without end, answers read", 1, Flood("", Many(Get))),
        new("endless-header", "one header field without end", 50, Flood(Open + "X: ", Many("aaaaaaaa"))),
        new("header-lines", "10,000 header fields and more", 50, Flood(Open, Many("A: b\r\n"))),
        new("tiny-chunks", "chunks of one byte without end", 8,
            Flood(Upload + "Transfer-Encoding: chunked\r\n\r\n", Many("1\r\na\r\n"))),
        new("chunk-extension", "a chunk extension without end", 50,
            Flood(Upload + "Transfer-Encoding: chunked\r\n\r\n1;", Many("aaaaaaaa"))),
        new("endless-trailers", "trailers without end", 50,
            Flood(Upload + "Transfer-Encoding: chunked\r\n\r\n0\r\n", Many("A: b\r\n"))),
        new("unread-uploads", "1 MB sent, the application does not read", 5000, UnreadUpload),
    ];

    private static byte[] Many(string text) =>
        Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(text, 4096 / text.Length)));

    private static Func<Attacker, Task> Drip(string start, string piece, TimeSpan pause) =>
        who => who.OnceAsync(async socket =>
        {
            await who.SayAsync(socket, start);
            if (pause == Ever)
                await Task.Delay(pause, who.End);
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

    private static Task UnreadUpload(Attacker who) => who.OnceAsync(async socket =>
    {
        await who.SayAsync(socket, "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
        for (var rest = 256; rest > 0; rest--)
            await socket.SendAsync(new byte[4096], SocketFlags.None, who.End);
        await Task.Delay(Ever, who.End);
    });

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
