using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Siege;

namespace Tipi.Compare.Tests.Siege;

/// <summary>The attackers do what they say, against a listener that only takes it down.</summary>
public sealed class AttackCatalogTests
{
    [Theory]
    [InlineData("slow-headers", "GET / HTTP/1.1\r\nHost: a\r\nX: aa")]
    [InlineData("idle", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("header-lines", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nA: b\r\n")]
    [InlineData("tiny-chunks", "POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1")]
    [InlineData("answers", "GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("unread-16k", "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n\0\0\0\0")]
    [InlineData("pipeline-unread", "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    public async Task An_attack_sends_what_it_says(string name, string expected)
    {
        using var listener = Listen(out var port);
        using var end = new CancellationTokenSource();
        var attack = AttackCatalog.All.Single(attack => attack.Name == name);
        var attacking = attack.Act(new Attacker(port, new Outcomes(), end.Token));
        using var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);

        Assert.Equal(expected, await ReadAsync(peer, expected.Length));

        await end.CancelAsync();
        await attacking;
    }

    [Theory]
    [InlineData("HTTP/1.1 408 Request Timeout\r\n\r\n", false, "1× 408, closed after")]
    [InlineData("", false, "1× closed after")]
    [InlineData("", true, "1× reset after")]
    public async Task An_ending_is_told_as_the_server_made_it(string answer, bool reset, string expected)
    {
        using var listener = Listen(out var port);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var outcomes = new Outcomes();
        var idle = AttackCatalog.All.Single(attack => attack.Name == "idle");
        var attacking = idle.Act(new Attacker(port, outcomes, end.Token));
        using (var peer = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            // Once it has asked it is connected: a reset before would be a refused connection.
            await ReadAsync(peer, "GET / HTTP/1.1\r\nHost: a\r\n\r\n".Length);
            peer.Send(Encoding.ASCII.GetBytes(answer));
            if (reset)
                peer.LingerState = new LingerOption(true, 0);
        }

        await attacking;

        Assert.StartsWith(expected, outcomes.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "200")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no", null)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", null)]
    [InlineData("HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 0\r\n\r\n", "503 with Retry-After")]
    public void An_answer_counts_once_it_is_whole(string answer, string? expected) =>
        Assert.Equal(expected, Attacker.StatusOf(Encoding.ASCII.GetBytes(answer)));

    private static TcpListener Listen(out int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        port = ((IPEndPoint)listener.LocalEndpoint).Port;
        return listener;
    }

    private static async Task<string> ReadAsync(Socket socket, int count)
    {
        var buffer = new byte[count];
        for (var read = 0; read < count;)
            read += await socket.ReceiveAsync(buffer.AsMemory(read), SocketFlags.None);
        return Encoding.ASCII.GetString(buffer);
    }
}
