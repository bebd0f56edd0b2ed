using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Load;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Tests.Load;

/// <summary>Against a server of one answer, which keeps what it was asked.</summary>
public sealed class RateClientTests : IDisposable
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nHello, World!");

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<(int Connection, string Path)> _asked = new();

    public RateClientTests()
    {
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    [Fact]
    public void Loops_ask_for_the_slow_target_again_and_again_beside_the_steady_rate()
    {
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var load = new RateLoad(100, 4, 0) { SlowLoops = 2 };
        using var client = new RateClient(new Launch(Workload.Commit, port, "0"), load);
        _asked.Clear(); // what the connections were tried with

        var report = client.Run(TimeSpan.FromMilliseconds(500));

        Assert.Equal(50, report.FastMs.Length);
        Assert.Equal(50, _asked.Count(request => request.Path == "/"));
        var slow = _asked.Where(request => request.Path == "/commit").ToList();
        Assert.Equal(report.SlowMs.Length, slow.Count);
        Assert.InRange(slow.Count, 4, int.MaxValue);
        var looping = slow.Select(request => request.Connection).Distinct().ToList();
        Assert.Equal(2, looping.Count);
        Assert.DoesNotContain(_asked, request => request.Path == "/" && looping.Contains(request.Connection));
    }

    [Fact]
    public void One_of_so_many_is_slow_where_nothing_loops()
    {
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        using var client = new RateClient(new Launch(Workload.Commit, port, "0"), new RateLoad(100, 4, 10));

        var report = client.Run(TimeSpan.FromMilliseconds(500));

        Assert.Equal((45, 5), (report.FastMs.Length, report.SlowMs.Length));
    }

    public void Dispose() => _listener.Dispose();

    private void Accept()
    {
        try
        {
            for (var number = 0; ; number++)
            {
                var (socket, connection) = (_listener.AcceptSocket(), number);
                new Thread(() => Serve(socket, connection)) { IsBackground = true }.Start();
            }
        }
        catch (SocketException)
        {
            // The test is over.
        }
    }

    private void Serve(Socket socket, int connection)
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        try
        {
            while (reader.ReadLine() is { } line)
            {
                _asked.Enqueue((connection, line.Split(' ')[1]));
                while (reader.ReadLine() is { Length: > 0 })
                {
                    // A field, which is of no interest.
                }

                stream.Write(Answer);
            }
        }
        catch (IOException)
        {
            // The client is gone.
        }
    }
}
