using System.Buffers.Binary;

namespace Tipi.Protocols.Proxy;

/// <summary>
/// The extensions of a header (PROXY protocol §2.2): type, length, value, one after the other. Ends at the first one
/// that is cut off; a header that was accepted has none such.
/// </summary>
public ref struct ProxyTlvs
{
    /// <summary>Bytes of an extension before its value.</summary>
    internal const int HeadLength = 3;

    private ReadOnlySpan<byte> _rest;

    internal ProxyTlvs(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
        Current = default;
    }

    /// <summary>The current one.</summary>
    public ProxyTlv Current { get; private set; }

    /// <summary>True when nothing is left over.</summary>
    internal readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Itself, for <c>foreach</c>.</summary>
    public readonly ProxyTlvs GetEnumerator() => this;

    /// <summary>Goes to the next one.</summary>
    public bool MoveNext()
    {
        if (_rest.Length < HeadLength) return false;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[1..]);
        if (_rest.Length - HeadLength < length) return false;
        Current = new ProxyTlv(_rest[0], _rest.Slice(HeadLength, length));
        _rest = _rest[(HeadLength + length)..];
        return true;
    }
}
