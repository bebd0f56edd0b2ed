namespace Tipi.Hosting.Scheduling;

/// <summary>How many stretches have lost their ring and not ended yet, in all and by endpoint or path.</summary>
internal sealed class LateStretches
{
    private readonly Dictionary<object, int> _byKey = [];

    internal int Total { get; private set; }

    /// <summary>One more; how many of its kind are late now.</summary>
    internal int Add(in Served served)
    {
        int count = _byKey.GetValueOrDefault(Key(served)) + 1;
        _byKey[Key(served)] = count;
        Total++;
        return count;
    }

    /// <summary>One has ended; how many of its kind are still late.</summary>
    internal int Remove(in Served served)
    {
        if (!_byKey.TryGetValue(Key(served), out int count)) return 0; // there was no memory to count it
        if (--count > 0) _byKey[Key(served)] = count;
        else _byKey.Remove(Key(served));
        Total--;
        return count;
    }

    private static object Key(in Served served) => (object?)served.Endpoint ?? served.Path;
}
