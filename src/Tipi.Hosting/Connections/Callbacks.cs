namespace Tipi.Hosting.Connections;

/// <summary>
/// Callbacks an application registers for one moment of a response; the last registered runs first. A field of who runs
/// them: a copy does not see what is added later.
/// </summary>
internal struct Callbacks
{
    private List<(Func<object, Task> Callback, object State)>? _registered;

    internal readonly bool IsEmpty => _registered is not { Count: > 0 };

    internal void Add(Func<object, Task> callback, object state) => (_registered ??= []).Add((callback, state));

    internal readonly void Clear() => _registered?.Clear();

    /// <summary>Takes the next one; a callback may register further ones while it runs.</summary>
    internal readonly bool TryTake(out Func<object, Task> callback, out object state)
    {
        if (_registered is not { Count: > 0 })
        {
            (callback, state) = (null!, null!);
            return false;
        }
        (callback, state) = _registered[^1];
        _registered.RemoveAt(_registered.Count - 1);
        return true;
    }
}
