using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Transport.Uring.Tests;

/// <summary>A connection of the transport and the socket at its other end.</summary>
internal sealed class RingPair(Socket peer, ConnectionContext connection) : IAsyncDisposable
{
    public Socket Peer => peer;

    public ConnectionContext Connection => connection;

    public PipeReader Input => connection.Transport.Input;

    public PipeWriter Output => connection.Transport.Output;

    public IRingAffinityFeature Ring => connection.Features.Get<IRingAffinityFeature>()!;

    /// <summary>The peer sends all of it.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[await peer.SendAsync(bytes)..];
    }

    /// <summary>The peer receives exactly so many bytes.</summary>
    public async Task<byte[]> ReceiveAsync(int count)
    {
        var bytes = new byte[count];
        for (var at = 0; at < count;)
        {
            var got = await peer.ReceiveAsync(bytes.AsMemory(at));
            if (got == 0) throw new EndOfStreamException($"The stream ended after {at} of {count} bytes.");
            at += got;
        }
        return bytes;
    }

    /// <summary>The peer receives to the end of the stream.</summary>
    public async Task<byte[]> ReceiveToEndAsync()
    {
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var got = await peer.ReceiveAsync(buffer.AsMemory());
            if (got == 0) return all.ToArray();
            all.Write(buffer, 0, got);
        }
    }

    /// <summary>The connection reads and consumes exactly so many bytes.</summary>
    public async Task<byte[]> ReadAsync(int count)
    {
        var result = await Input.ReadAtLeastAsync(count);
        if (result.Buffer.Length < count) throw new EndOfStreamException($"{result.Buffer.Length} of {count} bytes.");
        var bytes = result.Buffer.Slice(0, count).ToArray();
        Input.AdvanceTo(result.Buffer.GetPosition(count));
        return bytes;
    }

    /// <summary>Runs something on the ring's thread and returns when it has run.</summary>
    public Task OnRingAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Ring.Post(_ =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }, null);
        return done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        peer.Dispose();
        connection.Abort();
        await connection.DisposeAsync();
    }
}
