using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Load;

/// <summary>One client of server-sent events, each of which says when it was made. Not thread-safe.</summary>
internal sealed class EventConnection : IProbe
{
    private readonly byte[] _buffer = new byte[4096];
    private int _length;
    private bool _hasHead;

    /// <summary>Sends the request; the answer's head comes with the first event.</summary>
    public EventConnection(Workload workload, int port, Socket socket)
    {
        Socket = socket;
        socket.Send(workload.RequestTo(port, workload.Path));
    }

    public Socket Socket { get; }

    private static ReadOnlySpan<byte> Mark => "data: "u8;

    private static ReadOnlySpan<byte> End => "\n\n"u8;

    /// <summary>Waits for the next event.</summary>
    public int? Ask()
    {
        var seen = new List<double>();
        while (seen.Count == 0) Take(Socket.Receive(_buffer.AsSpan(_length)), since: 0, seen);
        return null;
    }

    /// <summary>
    /// Reads for so long; gives the latency in milliseconds of each event that was made meanwhile, from its making on.
    /// </summary>
    public async Task<List<double>> ReadAsync(TimeSpan duration)
    {
        var latenciesMs = new List<double>();
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < duration)
            Take(await Socket.ReceiveAsync(_buffer.AsMemory(_length)), begun, latenciesMs);
        return latenciesMs;
    }

    public void Dispose() => Socket.Dispose();

    private void Take(int received, long since, List<double> latenciesMs)
    {
        if (received == 0) throw new MeasurementException("the server closed a stream of events");
        _length += received;
        var rest = _buffer.AsSpan(0, _length);
        if (!_hasHead && !TryTakeHead(ref rest)) return;
        while (rest.IndexOf(End) is >= 0 and var end)
        {
            if (MadeAt(rest[..end]) is var made && made >= since)
                latenciesMs.Add(Stopwatch.GetElapsedTime(made).TotalMilliseconds);
            rest = rest[(end + End.Length)..];
        }

        rest.CopyTo(_buffer);
        _length = rest.Length;
    }

    // What stands before the mark is the end of one chunk and the size of the next.
    private static long MadeAt(ReadOnlySpan<byte> text)
    {
        var mark = text.IndexOf(Mark);
        return mark >= 0 && Utf8Parser.TryParse(text[(mark + Mark.Length)..], out long made, out _)
            ? made
            : throw new MeasurementException($"not an event: {Encoding.ASCII.GetString(text)}");
    }

    private bool TryTakeHead(ref Span<byte> rest)
    {
        var end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0) return false;
        if (!rest.StartsWith("HTTP/1.1 200 "u8))
            throw new MeasurementException($"not 200: {Encoding.ASCII.GetString(rest[..end])}");
        rest = rest[(end + 4)..];
        _hasHead = true;
        return true;
    }
}
