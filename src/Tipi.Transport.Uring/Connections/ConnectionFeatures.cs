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

    // What middleware adds before a handshake, and TLS as much again: each fills its array.
    private const int GrowBy = 5;

    // Features that were set, or removed (null), from outside; a few. They come before our own.
    private KeyValuePair<Type, object?>[] _set = [];
    private int _setCount;

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
    /// The socket, for its options and to end the connection by closing it. Sending or receiving through it would mix
    /// with the transport's own.
    /// </summary>
    public Socket Socket => connection.View;

    public object? this[Type key]
    {
        get
        {
            if (FindSet(key) is var place and >= 0) return _set[place].Value;
            if (key == typeof(IRingAffinityFeature)) return connection;
            return Array.IndexOf(s_own, key) >= 0 ? this : null;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(key);
            var place = FindSet(key);
            if (place < 0) place = _setCount;
            if (place == _set.Length) Array.Resize(ref _set, place + GrowBy);
            _set[place] = new(key, value);
            // Last: who looks for a feature meanwhile, on another thread, finds no place that is not there yet.
            _setCount = Math.Max(_setCount, place + 1);
            Revision++;
        }
    }

    public void Abort() => connection.Abort();

    public TFeature? Get<TFeature>() => (TFeature?)this[typeof(TFeature)];

    public void Set<TFeature>(TFeature? instance) => this[typeof(TFeature)] = instance;

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        foreach (var type in s_own.Where(type => FindSet(type) < 0))
            yield return new KeyValuePair<Type, object>(type, this[type]!);
        for (var i = 0; i < _setCount; i++)
        {
            var (type, feature) = _set[i];
            if (feature is not null) yield return new KeyValuePair<Type, object>(type, feature);
        }
    }

    private int FindSet(Type key)
    {
        for (var i = 0; i < _setCount; i++)
        {
            if (_set[i].Key == key) return i;
        }

        return -1;
    }

    [ExcludeFromCodeCoverage]
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
