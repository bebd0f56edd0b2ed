using System.Collections;
using System.Numerics;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The features of one request: a fixed slot for each usual one, a short list for the others, and below that list the
/// features of the connection. Everything can be replaced through the setters; <see cref="Reset"/> undoes that. The
/// exchange's own are made when somebody asks for them: most requests need four, and a connection may have one request.
/// </summary>
internal abstract class FeatureTable : IFeatureCollection
{
    private const ulong AllServed = (1UL << FeatureSlots.ServedCount) - 1;

    private readonly object?[] _served = new object?[FeatureSlots.Types.Length];
    private readonly object?[] _current = new object?[FeatureSlots.Types.Length];
    private ServedFeatures? _maker;
    private KeyValuePair<Type, object>[] _ofVersion = [];
    private ulong _unmade;
    private ulong _changedSlots;
    private List<KeyValuePair<Type, object>>? _others;
    private ServerConnection? _connection;
    private bool _othersChanged;

    public int Revision { get; private set; }

    public bool IsReadOnly => false;

    private bool IsChanged => _changedSlots != 0 || _othersChanged;

    public object? this[Type key]
    {
        get
        {
            ArgumentNullException.ThrowIfNull(key);
            int slot = Array.IndexOf(FeatureSlots.Types, key);
            return slot >= 0 ? _current[slot] ?? Make(slot) : FindOther(key) ?? _connection?.FindFeature(key);
        }
        set
        {
            ArgumentNullException.ThrowIfNull(key);
            if (value is not null && !key.IsInstanceOfType(value))
                throw new ArgumentException($"A {value.GetType()} is not a {key}.", nameof(value));
            SetSlot(Array.IndexOf(FeatureSlots.Types, key), key, value);
        }
    }

    public TFeature? Get<TFeature>()
    {
        int slot = FeatureSlot<TFeature>.Index;
        if (slot >= 0)
        {
            // Without a cast: what is not of the slot's type is never put into it.
            object? value = _current[slot] ?? Make(slot);
            return Unsafe.As<object?, TFeature?>(ref value);
        }
        if (FindOther(typeof(TFeature)) is { } other) return (TFeature)other;
        return _connection?.FindFeature(typeof(TFeature)) is TFeature below ? below : default;
    }

    public void Set<TFeature>(TFeature? instance) => SetSlot(FeatureSlot<TFeature>.Index, typeof(TFeature), instance);

    public IEnumerator<KeyValuePair<Type, object>> GetEnumerator()
    {
        for (int slot = 0; slot < _current.Length; slot++)
        {
            if ((_current[slot] ?? Make(slot)) is { } value) yield return new(FeatureSlots.Types[slot], value);
        }
        foreach (KeyValuePair<Type, object> other in _others ?? []) yield return other;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes the exchange's own features.</summary>
    /// <param name="maker">Makes those of the first slots when somebody asks for them.</param>
    /// <param name="ofVersion">Those that not every version of the protocol has.</param>
    internal void Serve(ServedFeatures maker, ReadOnlySpan<KeyValuePair<Type, object>> ofVersion)
    {
        _maker = maker;
        _unmade = AllServed;
        _ofVersion = ofVersion.ToArray();
        foreach (KeyValuePair<Type, object> feature in _ofVersion)
        {
            int slot = Array.IndexOf(FeatureSlots.Types, feature.Key);
            if (slot >= 0) _current[slot] = _served[slot] = feature.Value;
            else (_others ??= []).Add(feature);
        }
    }

    internal void Attach(ServerConnection connection)
    {
        if (IsChanged) Reset(); // by somebody who has kept it
        _connection = connection;
    }

    /// <summary>Back to the served features; forgets what the application set and the connection.</summary>
    internal void Reset()
    {
        _connection = null;
        if (!IsChanged) return;
        Revision++;
        for (; _changedSlots != 0; _changedSlots &= _changedSlots - 1)
            Restore(BitOperations.TrailingZeroCount(_changedSlots));
        if (!_othersChanged) return;
        _othersChanged = false;
        _others?.Clear();
        foreach (KeyValuePair<Type, object> feature in _ofVersion)
        {
            if (Array.IndexOf(FeatureSlots.Types, feature.Key) < 0) _others!.Add(feature);
        }
    }

    private void Restore(int slot)
    {
        _current[slot] = _served[slot];
        _unmade |= (1UL << slot) & AllServed;
    }

    /// <summary>The feature of a slot that is empty: one that nobody asked for yet, or none.</summary>
    private object? Make(int slot)
    {
        if ((_unmade & (1UL << slot)) == 0) return null;
        _unmade &= ~(1UL << slot);
        return _current[slot] = _served[slot] ??= _maker!.Make(slot);
    }

    private object? FindOther(Type key)
    {
        if (_others is null) return null;
        foreach (KeyValuePair<Type, object> other in _others)
        {
            if (other.Key == key) return other.Value;
        }
        return null;
    }

    private void SetSlot(int slot, Type key, object? value)
    {
        Revision++;
        if (slot >= 0)
        {
            _changedSlots |= 1UL << slot;
            _current[slot] = value;
            _unmade &= ~(1UL << slot);
        }
        else
        {
            _othersChanged = true;
            SetOther(key, value);
        }
    }

    private void SetOther(Type key, object? value)
    {
        _others ??= [];
        int index = _others.FindIndex(other => other.Key == key);
        if (value is null)
        {
            if (index >= 0) _others.RemoveAt(index);
        }
        else if (index >= 0) _others[index] = new(key, value);
        else _others.Add(new(key, value));
    }
}
