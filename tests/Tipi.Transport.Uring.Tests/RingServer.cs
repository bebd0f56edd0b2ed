using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Tests;

/// <summary>Rings that serve connections by a handler, which runs where the transport lets it run.</summary>
internal sealed class RingServer : IAsyncDisposable
{
    private readonly Func<ConnectionContext, Task> _handle;
    private readonly UringConnectionListener _listener;
    private readonly Reports _reports = new();
    private readonly ConcurrentQueue<Exception> _faults = new();
    private readonly ConcurrentDictionary<Task, bool> _handlers = new();
    private readonly Task _accepting;

    public RingServer(UringTransportOptions options, Func<ConnectionContext, Task> handle)
    {
        Kernel.NeedRing();
        _handle = handle;
        Rings = new RingGroup(options, _reports.Write);
        var socket = ListeningSocket.Open(new IPEndPoint(IPAddress.Loopback, 0), options);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _listener = new UringConnectionListener(socket, EndPoint, Rings);
        _accepting = AcceptAsync();
    }

    public RingGroup Rings { get; }

    public IPEndPoint EndPoint { get; }

    public int HandlersAtWork => _handlers.Count;

    public int Connections
    {
        get
        {
            var count = 0;
            for (var i = 0; i < Rings.Count; i++) count += Volatile.Read(ref Rings[i].ConnectionCount);
            return count;
        }
    }

    /// <summary>How often the rings have reported this.</summary>
    public int Count(RingEvent kind) => _reports.Count(kind);

    /// <summary>What went wrong on the rings, or in a handler that did not expect it.</summary>
    public Exception[] Faults => [.. _reports.Faults, .. _faults];

    /// <summary>Stops while the handlers are at work, and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        var limit = TimeSpan.FromSeconds(20);
        await _listener.DisposeAsync().AsTask().WaitAsync(limit);
        await Rings.DisposeAsync().AsTask().WaitAsync(limit);
        await _accepting.WaitAsync(limit);
        await Eventually.EqualsAsync(0, () => _handlers.Count, "the number of handlers at work after the end");
    }

    private async Task AcceptAsync()
    {
        await Task.Yield();
        while (await _listener.AcceptAsync().ConfigureAwait(false) is { } connection)
        {
            var handler = StartAsync(connection);
            _handlers.TryAdd(handler, true);
            var removing = handler.ContinueWith(
                task => _handlers.TryRemove(task, out _), TaskContinuationOptions.ExecuteSynchronously);
            if (removing.IsFaulted) _faults.Enqueue(removing.Exception);
        }
    }

    // Where the transport lets it run, also when this loop was late and goes on elsewhere; and never inside this loop,
    // which would accept nobody while a handler blocks that had found its bytes there.
    private Task StartAsync(ConnectionContext connection)
    {
        var turn = new TaskCompletionSource();
        var handler = ServeAsync(connection, turn.Task);
        var ring = connection.Features.Get<IRingAffinityFeature>()!;
        ring.Post(static state => ((TaskCompletionSource)state!).SetResult(), turn);
        return handler;
    }

    private async Task ServeAsync(ConnectionContext connection, Task turn)
    {
        try
        {
            await turn.ConfigureAwait(false);
            await _handle(connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ConnectionAbortedException or OperationCanceledException)
        {
            // the connection has ended
        }
#pragma warning disable CA1031 // kept for the test
        catch (Exception e)
#pragma warning restore CA1031
        {
            _faults.Enqueue(e);
        }
        finally
        {
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
