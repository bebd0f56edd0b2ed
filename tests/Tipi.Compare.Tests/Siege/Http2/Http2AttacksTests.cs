using System.Net;
using System.Net.Sockets;
using Tipi.Compare.Siege;
using Tipi.Compare.Siege.Http2;

namespace Tipi.Compare.Tests.Siege.Http2;

/// <summary>The attackers say what they promise, to a listener that greets and takes it down.</summary>
public sealed class Http2AttacksTests
{
    private static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();
    private static readonly byte[] Greeting = [0, 0, 0, 4, 0, 0, 0, 0, 0];
    private static readonly byte[] Ack = [0, 0, 0, 4, 1, 0, 0, 0, 0];
    private static readonly byte[] Calm = [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11];

    [Theory]
    [InlineData("h2-rapid-reset")]
    [InlineData("h2-ping")]
    [InlineData("h2-continuation-empty")]
    [InlineData("h2-open-uploads")]
    [InlineData("h2-provoked-zero")]
    public async Task An_attack_greets_and_then_says_what_it_is_called_for(string name)
    {
        using var listener = Listen(out var port);
        using var end = new CancellationTokenSource();
        var attacking = AttackOf(name).Act(new Attacker(port, new Outcomes(), end.Token));
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        byte[] expected = [.. Preface, .. Greeting];
        Assert.Equal(expected, await ReadAsync(peer, expected.Length));
        peer.Send(Greeting);
        Assert.Equal(Ack, await ReadAsync(peer, Ack.Length));
        expected = Beginning(name);
        Assert.Equal(expected, await ReadAsync(peer, expected.Length));

        await end.CancelAsync();
        await attacking;
    }

    [Theory]
    [InlineData("h2-ping")]
    [InlineData("h2-silent")]
    public async Task A_farewell_ends_an_attacker_and_is_told(string name)
    {
        using var listener = Listen(out var port);
        using var end = new CancellationTokenSource();
        var outcomes = new Outcomes();
        var attacking = AttackOf(name).Act(new Attacker(port, outcomes, end.Token));
        using (var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            peer.Send(Greeting);
            await ReadAsync(peer, Preface.Length + Greeting.Length + Ack.Length);
            peer.Send(Calm);
            peer.Shutdown(SocketShutdown.Send);
            await WaitForAsync(() => outcomes.Count > 0, peer);
        }

        await end.CancelAsync();
        await attacking;

        Assert.Contains("1× GOAWAY ENHANCE_YOUR_CALM, closed after", outcomes.ToString(), StringComparison.Ordinal);
    }

    private static byte[] Beginning(string name)
    {
        var frames = new FrameWriter();
        var get = FieldBlock.Request("/").Written;
        var work = FieldBlock.Request("/work", isPost: true).Written;
        var upload = FieldBlock.Request("/upload", isPost: true).Written;
        frames = name switch
        {
            "h2-rapid-reset" => frames.Headers(1, get).Reset(1).Headers(3, get).Reset(3),
            "h2-ping" => frames.Ping().Ping(),
            "h2-continuation-empty" => frames.LongHeaders(1, get, 16384, isWhole: false)
                .Frame(FrameType.Continuation, 0, 1, default).Frame(FrameType.Continuation, 0, 1, default),
            "h2-open-uploads" => frames.Headers(1, upload, endStream: false).Headers(3, upload, endStream: false),
            _ => frames.Headers(1, work, endStream: false).WindowUpdate(1, 0),
        };
        return frames.Written.ToArray();
    }

    private static Attack AttackOf(string name) => AttackCatalog.All.Single(attack => attack.Name == name);

    private static async Task WaitForAsync(Func<bool> condition, Socket peer)
    {
        // A flood is taken away meanwhile, else it would stay in its sockets.
        for (var i = 0; i < 600 && !condition(); i++)
        {
            while (peer.Available > 0)
                peer.Receive(new byte[64 * 1024]);
            await Task.Delay(50);
        }
    }

    private static TcpListener Listen(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private static async Task<byte[]> ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count;)
        {
            var more = await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None);
            Assert.NotEqual(0, more);
            read += more;
        }

        return buffer;
    }
}
