using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Load;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Tests.Load;

/// <summary>Against a socket that says what the test wants.</summary>
public sealed class EventConnectionTests : IDisposable
{
    private const string Head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Socket _server;
    private readonly EventConnection _client;

    public EventConnectionTests()
    {
        _listener.Start();
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(_listener.LocalEndpoint);
        _server = _listener.AcceptSocket();
        _client = new EventConnection(Workload.Events, 80, socket);
    }

    [Fact]
    public void The_request_is_sent_at_once()
    {
        var buffer = new byte[256];

        var request = Encoding.ASCII.GetString(buffer, 0, _server.Receive(buffer));

        Assert.StartsWith("GET /events HTTP/1.1\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_in_pieces_are_counted_from_their_making_on()
    {
        Send(Head);
        var reading = _client.ReadAsync(TimeSpan.FromMilliseconds(200));
        await Task.Delay(20);
        foreach (var piece in Event(Stopwatch.GetTimestamp() - Stopwatch.Frequency / 100).Chunk(3))
            Send(new string(piece));
        await Task.Delay(300);
        Send(Event(Stopwatch.GetTimestamp()));

        var latenciesMs = await reading;

        Assert.Equal(2, latenciesMs.Count);
        Assert.InRange(latenciesMs[0], 10, double.MaxValue);
    }

    [Fact]
    public async Task Events_from_before_do_not_count()
    {
        Send(Head + Event(Stopwatch.GetTimestamp()));
        await Task.Delay(20);
        var reading = _client.ReadAsync(TimeSpan.FromMilliseconds(10));
        await Task.Delay(50);
        Send(Event(Stopwatch.GetTimestamp()));

        Assert.Single(await reading);
    }

    [Theory]
    [InlineData("HTTP/1.1 500 No\r\n\r\n")]
    [InlineData(Head + "7\r\ndata: x\n\n")]
    public void Another_answer_is_an_error(string answer)
    {
        Send(answer);

        Assert.Throws<MeasurementException>(() => _client.Ask());
    }

    [Fact]
    public void An_end_is_an_error()
    {
        Send(Head);
        _server.Shutdown(SocketShutdown.Both);

        Assert.Throws<MeasurementException>(() => _client.Ask());
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
        _listener.Dispose();
    }

    private static string Event(long made)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"data: {made}\n\n");
        return string.Create(CultureInfo.InvariantCulture, $"{text.Length:x}\r\n{text}\r\n");
    }

    private void Send(string text) => _server.Send(Encoding.ASCII.GetBytes(text));
}
