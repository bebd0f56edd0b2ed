using System.Buffers.Binary;

namespace Tipi.Protocols.Tls;

/// <summary>Reads the fields of a TLS message (RFC 8446 §3); false where the bytes end before the field does.</summary>
internal ref struct TlsFields(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    internal readonly bool IsAtEnd => _rest.IsEmpty;

    internal bool TrySkip(int count) => TryTake(count, out _);

    internal bool TryTake(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (_rest.Length < count) return false;
        bytes = _rest[..count];
        _rest = _rest[count..];
        return true;
    }

    internal bool TryReadByte(out byte value)
    {
        value = 0;
        if (!TryTake(1, out ReadOnlySpan<byte> bytes)) return false;
        value = bytes[0];
        return true;
    }

    internal bool TryReadUInt16(out ushort value)
    {
        value = 0;
        if (!TryTake(2, out ReadOnlySpan<byte> bytes)) return false;
        value = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        return true;
    }

    /// <summary>Bytes behind a length of one byte.</summary>
    internal bool TryReadShortVector(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return TryReadByte(out byte length) && TryTake(length, out bytes);
    }

    /// <summary>Bytes behind a length of two bytes.</summary>
    internal bool TryReadVector(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return TryReadUInt16(out ushort length) && TryTake(length, out bytes);
    }
}
