using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Compare.App;

/// <summary>
/// The limit of a transport: answers whatever ends like a request head with the same bytes, without reading it.
/// A server cannot be cheaper than this on the same connections.
/// </summary>
internal sealed class CannedServer(IConnectionListenerFactory transport, int port)
{
    private static readonly byte[] Answer = Encoding.ASCII.GetBytes(
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\nContent-Type: text/plain; charset=utf-8\r\n" +
        "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\nHello, World!");

    /// <summary>Serves until <paramref name="stop"/>, then ends the connections.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        await using var listener = await transport.BindAsync(new IPEndPoint(IPAddress.Loopback, port), stop);
        var serving = new List<Task>();
        var sweepAt = 64;
        try
        {
            while (await listener.AcceptAsync(stop) is { } connection)
            {
                serving.Add(ServeAsync(connection, stop));
                if (serving.Count < sweepAt)
                    continue;
                // Those that ended are forgotten whenever the list has doubled: a constant price a connection.
                serving.RemoveAll(task => task.IsCompleted);
                sweepAt = Math.Max(64, 2 * serving.Count);
            }
        }
        catch (OperationCanceledException)
        {
            await listener.UnbindAsync(CancellationToken.None);
        }

        await Task.WhenAll(serving);
    }

    private static async Task ServeAsync(ConnectionContext connection, CancellationToken stop)
    {
        await using (connection)
        await using (stop.Register(() => connection.Abort()))
        {
            try
            {
                await AnswerAsync(connection.Transport);
            }
            catch (Exception gone) when (gone is IOException or OperationCanceledException)
            {
                // The peer went away; there is nobody to answer.
            }
        }
    }

    private static async Task AnswerAsync(IDuplexPipe pipe)
    {
        while (true)
        {
            var read = await pipe.Input.ReadAsync();
            var rest = read.Buffer;
            var heads = CountHeads(ref rest);
            pipe.Input.AdvanceTo(rest.Start, rest.End);
            for (var i = 0; i < heads; i++)
                pipe.Output.Write(Answer);
            if (heads > 0)
                await pipe.Output.FlushAsync();
            if (read.IsCompleted)
                return;
        }
    }

    private static int CountHeads(ref ReadOnlySequence<byte> rest)
    {
        var reader = new SequenceReader<byte>(rest);
        var heads = 0;
        while (reader.TryReadTo(out ReadOnlySpan<byte> _, "\r\n\r\n"u8))
            heads++;
        rest = reader.UnreadSequence;
        return heads;
    }
}
