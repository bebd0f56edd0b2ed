using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>A connection as the server sees it. What is seldom asked for is made when it is asked for.</summary>
internal sealed class UringConnection : ConnectionContext, IDuplexPipe, IRingAffinityFeature
{
    private readonly RingSocket _socket;
    private readonly PeerAddress _peer;
    private readonly EndPoint? _boundTo;
    private IDuplexPipe? _transport;
    private ConnectionFeatures? _features;
    private IDictionary<object, object?>? _items;
    private CancellationTokenSource? _closedSource;
    private TaskCompletionSource? _disposed;
    private volatile bool _peerGone;

    /// <summary>
    /// Wraps a connected socket, whose descriptor is the connection's from now on. <paramref name="boundTo"/> is where
    /// the listener is bound, or null for a connection made by us.
    /// </summary>
    public UringConnection(RingLoop loop, int descriptor, EndPoint? boundTo, UringTransportOptions options)
    {
        _boundTo = boundTo;
        _peer = PeerAddress.OfPeer(descriptor);
        _socket = new RingSocket(this, loop, descriptor, options);
    }

    public override string ConnectionId
    {
        get => field ??= ConnectionIds.Next();
        set;
    }

    public override IFeatureCollection Features => _features ??= new ConnectionFeatures(this);

    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    public override IDuplexPipe Transport
    {
        get => _transport ?? this;
        set => _transport = value;
    }

    public PipeReader Input => _socket.Reader;

    public PipeWriter Output => _socket.Writer;

    public override EndPoint? RemoteEndPoint
    {
        get => field ??= _peer.ToEndPoint();
        set;
    }

    public override EndPoint? LocalEndPoint
    {
        get => field ??= FindLocalEndPoint() ?? _boundTo;
        set;
    }

    public override CancellationToken ConnectionClosed
    {
        get => ClosedSource().Token;
        set => throw new NotSupportedException("The transport decides when the connection is closed.");
    }

    public bool IsOnRing => _socket.Loop.IsOwnedHere;

    public long HandOffs => RingWorker.Current?.HandOffs ?? 0;

    /// <summary>The socket's descriptor. Its number may be another socket's once the connection is disposed.</summary>
    public int Descriptor => _socket.Descriptor;

    public void Post(Action<object?> callback, object? state) => _socket.Loop.PostCall(callback, state);

    public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort(abortReason);

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the server."));

    /// <summary>Sends what was flushed, ends the stream and closes. Completes when the descriptor is closed.</summary>
    public override async ValueTask DisposeAsync()
    {
        _socket.Reader.Complete();
        _socket.Writer.Complete();
        var created = new TaskCompletionSource();
        var disposed = Interlocked.CompareExchange(ref _disposed, created, null) ?? created;
        _socket.Close();
        await disposed.Task.ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    // ---- the ring's side ----

    /// <summary>Begins to receive. Called by the ring's owner.</summary>
    public void Start() => _socket.Start();

    /// <summary>The peer has ended the stream or broken it, or we have. Called once, by the ring's owner.</summary>
    public void OnPeerGone()
    {
        _peerGone = true;
        Barriers.Full();
        if (Volatile.Read(ref _closedSource) is { } source)
            _socket.Loop.Call(static source => ((CancellationTokenSource)source!).Cancel(), source);
    }

    /// <summary>The descriptor is closed. Called once, by the ring's owner.</summary>
    public void OnClosed()
    {
        var closed = new TaskCompletionSource();
        closed.SetResult(); // before anybody can wait for it: who waits would go on here, in the middle of the turn
        if (Interlocked.CompareExchange(ref _disposed, closed, null) is { } waitedFor)
            _socket.Loop.Call(static source => ((TaskCompletionSource)source!).TrySetResult(), waitedFor);
    }

    // Once the descriptor is given back, its number may be another socket's.
    private IPEndPoint? FindLocalEndPoint()
    {
        var found = PeerAddress.OfLocal(Descriptor).ToEndPoint();
        return _socket.IsOpen ? found : null;
    }

    private CancellationTokenSource ClosedSource()
    {
        if (Volatile.Read(ref _closedSource) is { } source) return source;
        var created = new CancellationTokenSource();
        source = Interlocked.CompareExchange(ref _closedSource, created, null) ?? created;
        // The exchange is a full barrier: either we see that the peer is gone, or the ring sees the source.
        if (_peerGone) source.Cancel();
        return source;
    }
}
