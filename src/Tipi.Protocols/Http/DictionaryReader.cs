namespace Tipi.Protocols.Http;

/// <summary>Reads a dictionary of structured fields (RFC 8941 §4.2.2, RFC 9651) member by member.</summary>
/// <remarks>
/// <code>
/// dictionary = member *( OWS "," OWS member )      member = key [ "=" ( item / inner-list ) ] parameters
/// </code>
/// A field with one mistake counts as absent as a whole: whoever reads must look at <see cref="IsMalformed"/> after the
/// last member before acting on any.
/// </remarks>
internal ref struct DictionaryReader
{
    private StructuredScanner _scanner;
    private bool _isFirst = true;

    internal DictionaryReader(ReadOnlySpan<byte> value)
    {
        _scanner = new StructuredScanner(value);
        _scanner.SkipSpaces();
    }

    /// <summary>Reading ended because of a mistake.</summary>
    internal bool IsMalformed { get; private set; }

    /// <summary>The next member; false at the end and at a mistake.</summary>
    internal bool TryRead(out DictionaryMember member)
    {
        member = default;
        if (IsMalformed || !TryReachMember()) return false;
        StructuredKind kind = StructuredKind.Boolean;
        long number = 1;
        bool isRead = _scanner.TryReadKey(out ReadOnlySpan<byte> key);
        if (isRead && _scanner.TrySkip('=')) isRead = _scanner.TryReadMemberValue(out kind, out number);
        if (!isRead || !_scanner.TryReadParameters()) return Fail();
        member = new DictionaryMember(key, kind, number);
        return true;
    }

    private bool TryReachMember()
    {
        if (_isFirst)
        {
            _isFirst = false;
            return !_scanner.IsAtEnd;
        }

        _scanner.SkipWhiteSpace();
        if (_scanner.IsAtEnd) return false;
        if (!_scanner.TrySkip(',')) return Fail();
        _scanner.SkipWhiteSpace();
        return !_scanner.IsAtEnd || Fail(); // nothing follows the last comma
    }

    private bool Fail()
    {
        IsMalformed = true;
        return false;
    }
}
