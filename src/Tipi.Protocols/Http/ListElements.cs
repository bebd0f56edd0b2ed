namespace Tipi.Protocols.Http;

/// <summary>The elements of a comma-separated value, without white space around them; some may be empty.</summary>
internal ref struct ListElements
{
    private ReadOnlySpan<byte> _rest;
    private bool _ended;

    internal ListElements(ReadOnlySpan<byte> value)
    {
        _rest = value;
        _ended = false;
        Current = default;
    }

    public ReadOnlySpan<byte> Current { get; private set; }

    public readonly ListElements GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_ended) return false;
        int comma = _rest.IndexOf((byte)',');
        _ended = comma < 0;
        Current = (_ended ? _rest : _rest[..comma]).Trim(" \t"u8);
        _rest = _ended ? default : _rest[(comma + 1)..];
        return true;
    }
}
