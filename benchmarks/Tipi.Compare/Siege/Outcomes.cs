namespace Tipi.Compare.Siege;

/// <summary>What became of an attack's connections: how many ended how, and when.</summary>
internal sealed class Outcomes
{
    private readonly Dictionary<string, List<double>> _endings = [];

    /// <summary>Counts an ending, so many seconds after the connection began. Any thread may call.</summary>
    public void Add(string ending, double seconds)
    {
        lock (_endings)
        {
            if (!_endings.TryGetValue(ending, out var times))
                _endings[ending] = times = [];
            times.Add(seconds);
        }
    }

    /// <summary>How many there were.</summary>
    public int Count
    {
        get
        {
            lock (_endings)
                return _endings.Values.Sum(times => times.Count);
        }
    }

    /// <summary>The endings, most frequent first: "4998× 408 after 5.0–6.1 s".</summary>
    public override string ToString()
    {
        lock (_endings)
        {
            return string.Join("; ", _endings.OrderByDescending(entry => entry.Value.Count).Take(4).Select(entry =>
                FormattableString.Invariant(
                    $"{entry.Value.Count}× {entry.Key} after {entry.Value.Min():0.0}–{entry.Value.Max():0.0} s")));
        }
    }
}
