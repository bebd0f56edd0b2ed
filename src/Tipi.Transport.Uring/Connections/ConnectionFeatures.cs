using System.Buffers;
using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Transport.Uring.Connections;

/// <summary>The features of a connection: those the transport has, and those that others add.</summary>
internal sealed class ConnectionFeatures(UringConnection connection) : IFeatureCollection, IConnectionIdFeature,
    IConnectionItemsFeature, IConnectionTransportFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature,
    IConnectionSocketFeature, IMemoryPoolFeature
{
    private static readonly Type[] s_own =
    [
        typeof(IConnectionIdFeature), typeof(IConnectionItemsFeature), typeof(IConnectionTransportFeature),
        typeof(IConnectionLifetimeFeature), typeof(IConnectionEndPointFeature), typeof(IConnectionSocketFeature),
        typeof(IMemoryPoolFeature), typeof(IRingAffinityFeature),
    ];

    // Features that were set, or removed (null), from outside. They come before our own.
    private Dictionary<Type, object?>? _set;
    private Socket? _socket;

    public bool IsReadOnly => false;

    public int Revision { get; private set; }

    public string ConnectionId
    {
        get => connection.ConnectionId;
        set => connection.ConnectionId = value;
    }

    public IDictionary<object, object?> Items
    {
        get => connection.Items;
        set => connection.Items = value;
    }

    public IDuplexPipe Transport
    {
        get => connection.Transport;
        set => connection.Transport = value;
    }

    public CancellationToken ConnectionClosed
    {
        get => connection.ConnectionClosed;
        set => connection.ConnectionClosed = value;
    }

    public EndPoint? LocalEndPoint
    {
        get => connection.LocalEndPoint;
        set => connection.LocalEndPoint = value;
    }

    public EndPoint? RemoteEndPoint
    {
        get => connection.RemoteEndPoint;
        set => connection.RemoteEndPoint = value;
    }

    public MemoryPool<byte> MemoryPool => MemoryPool<byte>.Shared;

    /// <summary>
    /// A view of the socket for its options. It does not own the descriptor; sending or receiving through it would
    /// mix with the transport's own.
    /// </summary>
    public Socket Socket => _socket ??= new Socket(new SafeSocketHandle(connection.Descriptor, ownsHandle: false));

    public object? this[Type key]
    {
        get
        {
            if (_set is not null && _set.TryGetValue(key, out var set)) return set;
            if (key == typeof(IRingAffinityFeature)) return connection;
            return Array.IndexOf(s_own, key) >= 0 ? this : null;
        }

        set
        {
            (_set ??= [])[key] = value;
            Revision++;
        }
    }

    public void Abort() => connection.Abort();

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (var type in s_own.Where(type => _set is null || !_set.ContainsKey(type)))
            yield return new KeyValuePair<Type, object>(type, this[type]!);
        if (_set is null) yield break;
        foreach (var (type, feature) in _set)
        {
            if (feature is not null) yield return new KeyValuePair<Type, object>(type, feature);
        }
    }

    [ExcludeFromCodeCoverage]
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
