using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Goes once through the names that a table has when it begins, whatever is removed meanwhile: well-known names, then
/// Content-Length, then the others. A name that is gone by its turn is passed over, and one that is there has the value
/// of that moment. After another name was added, it throws once it comes to the others, and a well-known one that was
/// added is not seen: in all of this as under Kestrel, whose tables have an array for the one kind and a dictionary for
/// the other.
/// </summary>
internal sealed class HeaderEnumerator : IEnumerator<KeyValuePair<string, StringValues>>
{
    private readonly HeaderTable _table;
    private readonly string[] _names;
    private readonly int _additions;
    private readonly int _life;
    private Stage _stage;
    private int _next;
    private bool _hasLength;

    internal HeaderEnumerator(HeaderTable table)
    {
        _table = table;
        _additions = table.Additions;
        _life = table.Life;
        _hasLength = table.ContentLength is not null;
        _names = table.Fields.Length == 0 ? [] : new string[table.Fields.Length];
        for (int i = 0; i < _names.Length; i++) _names[i] = table.Fields[i].Name;
    }

    private enum Stage : byte
    {
        Known,
        Length,
        Others,
        Ended,
    }

    public KeyValuePair<string, StringValues> Current { get; private set; }

    object IEnumerator.Current => Current;

    public bool MoveNext()
    {
        if (_life != _table.Life) throw new InvalidOperationException("The request of these headers has ended.");
        if (_stage == Stage.Known)
        {
            if (MoveTo(areKnown: true)) return true;
            _stage = Stage.Length;
        }
        if (_stage == Stage.Length)
        {
            _stage = Stage.Others;
            _next = 0;
            if (_hasLength && TryShow(HeaderNames.ContentLength)) return true;
        }
        if (_stage == Stage.Others)
        {
            if (_additions != _table.Additions)
                throw new InvalidOperationException("Headers were added while they were enumerated.");
            if (MoveTo(areKnown: false)) return true;
            _stage = Stage.Ended;
        }
        Current = default;
        return false;
    }

    [DoesNotReturn]
    public void Reset() => throw new NotSupportedException();

    public void Dispose()
    {
    }

    private bool MoveTo(bool areKnown)
    {
        while (_next < _names.Length)
        {
            string name = _names[_next++];
            if (KnownNames.Contains(_table.Role, name) != areKnown) continue;
            if (areKnown) _hasLength = _table.ContentLength is not null; // before its turn comes, with the field before
            if (TryShow(name)) return true;
        }
        return false;
    }

    private bool TryShow(string name)
    {
        if (!_table.TryGetField(name, out KeyValuePair<string, StringValues> field)) return false;
        Current = field;
        return true;
    }
}
