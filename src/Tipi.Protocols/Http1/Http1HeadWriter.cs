using System.Buffers.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>
/// Writes a head into a span. Every <c>Try</c> method writes its complete line or, if there is not enough space, writes
/// nothing and returns false.
/// </summary>
/// <remarks>Names and values are written as they are: check them when they are set, with FieldValidation.</remarks>
public ref struct Http1HeadWriter
{
    private const int MaxContentLengthSize = 40; // name, 19 digits, CRLF

    private readonly Span<byte> _destination;

    /// <summary>A writer over <paramref name="destination"/>, from its first byte.</summary>
    public Http1HeadWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes written so far.</summary>
    public int Written { get; private set; }

    private readonly Span<byte> Free => _destination[Written..];

    /// <summary>Writes <c>HTTP/1.1 200 OK</c>.</summary>
    /// <param name="statusCode">100 to 999.</param>
    /// <param name="reasonPhrase">Null: the standard phrase, or nothing for a status that has none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The status does not have three digits.</exception>
    public bool TryWriteStatusLine(int statusCode, string? reasonPhrase = null)
    {
        if (reasonPhrase is null && StatusLines.Find(statusCode) is { Length: > 0 } known) return TryWriteLine(known);
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 999);
        string reason = reasonPhrase ?? "";
        Span<byte> free = Free;
        ReadOnlySpan<byte> version = "HTTP/1.1 "u8;
        int length = version.Length + 4 + reason.Length + 2;
        if (free.Length < length) return false;
        version.CopyTo(free);
        Utf8Formatter.TryFormat(statusCode, free[version.Length..], out _);
        free[version.Length + 3] = (byte)' ';
        OneByteText.Write(reason, free[(version.Length + 4)..]);
        "\r\n"u8.CopyTo(free[(length - 2)..]);
        Written += length;
        return true;
    }

    /// <summary>Writes <c>GET /path HTTP/1.1</c>.</summary>
    public bool TryWriteRequestLine(string method, string target)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(target);
        Span<byte> free = Free;
        ReadOnlySpan<byte> version = " HTTP/1.1\r\n"u8;
        int length = method.Length + 1 + target.Length + version.Length;
        if (free.Length < length) return false;
        OneByteText.Write(method, free);
        free[method.Length] = (byte)' ';
        OneByteText.Write(target, free[(method.Length + 1)..]);
        version.CopyTo(free[(length - version.Length)..]);
        Written += length;
        return true;
    }

    /// <summary>Writes <c>Name: value</c>, one byte per character.</summary>
    public bool TryWriteField(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        Span<byte> free = Free;
        int length = name.Length + value.Length + 4;
        if (free.Length < length) return false;
        OneByteText.Write(name, free);
        free[name.Length] = (byte)':';
        free[name.Length + 1] = (byte)' ';
        OneByteText.Write(value, free[(name.Length + 2)..]);
        free[length - 2] = (byte)'\r';
        free[length - 1] = (byte)'\n';
        Written += length;
        return true;
    }

    /// <summary>Copies lines that are already encoded, including CRLF, such as a cached Date line.</summary>
    public bool TryWriteLine(scoped ReadOnlySpan<byte> preencoded)
    {
        if (!preencoded.TryCopyTo(Free)) return false;
        Written += preencoded.Length;
        return true;
    }

    /// <summary>Writes <c>Content-Length</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public bool TryWriteContentLength(long value)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ReadOnlySpan<byte> name = "Content-Length: "u8;
        Span<byte> line = stackalloc byte[MaxContentLengthSize];
        name.CopyTo(line);
        Utf8Formatter.TryFormat(value, line[name.Length..], out int digits);
        "\r\n"u8.CopyTo(line[(name.Length + digits)..]);
        return TryWriteLine(line[..(name.Length + digits + 2)]);
    }

    /// <summary>Writes the empty line that ends the head.</summary>
    public bool TryEnd() => TryWriteLine("\r\n"u8);
}
