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

    /// <summary>
    /// Wraps a connected socket, whose descriptor is the connection's from now on. <paramref name="boundTo"/> is where
    /// the listener is bound, or null for a connection made by us.
    /// </summary>
    public UringConnection(RingLoop loop, int descriptor, EndPoint? boundTo, UringTransportOptions options)
    {
        _boundTo = boundTo;
        _peer = PeerAddress.OfPeer(descriptor);
        _socket = new RingSocket(loop, descriptor, options);
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
        get => _socket.Ending.PeerGone();
        set => throw new NotSupportedException("ConnectionClosed is set by the transport.");
    }

    /// <summary>Where reads and flushes that waited go on; null: on the ring.</summary>
    public IResumption? Resumption
    {
        get => _socket.Resumption;
        set => _socket.Resumption = value;
    }

    public bool IsOnRing => _socket.Loop.IsOwnedHere;

    public long HandOffs => RingWorker.Current?.HandOffs ?? 0;

    public long UninterruptibleHandOffs => RingWorker.Current?.UninterruptibleHandOffs ?? 0;

    /// <summary>The socket as the application sees it; made when it is asked for.</summary>
    /// <exception cref="ObjectDisposedException">The connection has ended.</exception>
    public SocketView View => _socket.View ?? MakeView();

    public void Post(Action<object?> callback, object? state) => _socket.Loop.PostCall(callback, state);

    public override void Abort(ConnectionAbortedException abortReason) => _socket.Abort(abortReason);

    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by the server."));

    /// <summary>Sends what was flushed, ends the stream and closes. Completes when the descriptor is closed.</summary>
    public override async ValueTask DisposeAsync()
    {
        _socket.Reader.Complete();
        _socket.Writer.Complete();
        var closed = _socket.Ending.Closed();
        _socket.Close();
        await closed.ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Begins to receive. Called by the ring's owner.</summary>
    public void Start() => _socket.Start();

    // The application has closed the view. What was flushed is sent, unless it resets.
    private void CloseForApplication(bool isReset)
    {
        var reason = new ConnectionAbortedException("The application closed the connection's socket.");
        if (isReset)
        {
            _socket.Abort(reason);
            return;
        }

        _socket.Reader.End(reason);
        _socket.Writer.End();
        _socket.Close();
    }

    // Once the descriptor is given back, its number may be another socket's.
    private IPEndPoint? FindLocalEndPoint()
    {
        var found = PeerAddress.OfLocal(_socket.Descriptor).ToEndPoint();
        return _socket.IsOpen ? found : null;
    }

    private SocketView MakeView()
    {
        ObjectDisposedException.ThrowIf(!_socket.IsOpen, this);
        var made = SocketView.Of(_socket.Descriptor, CloseForApplication);
        // Until now the descriptor was ours, and so is what the view has; or it was given back meanwhile.
        var isOurs = _socket.IsOpen;
        var view = isOurs ? _socket.Show(made) : made;
        if (!ReferenceEquals(view, made)) made.Release();
        if (isOurs && _socket.IsOpen) return view;
        view.Release();
        throw new ObjectDisposedException(GetType().FullName);
    }
}
