using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>
/// What the Content-Length and Transfer-Encoding fields of a message say, gathered line by line for
/// <see cref="MessageFraming"/>.
/// </summary>
public struct FramingFields
{
    private ProtocolErrorCode _error;

    /// <summary>The Content-Length, or null.</summary>
    public long? ContentLength { get; private set; }

    /// <summary>There was a Transfer-Encoding line.</summary>
    public bool HasTransferEncoding { get; private set; }

    /// <summary>The last transfer coding is chunked.</summary>
    public bool EndsChunked { get; private set; }

    /// <summary>There was a transfer coding besides chunked.</summary>
    public bool HasOtherCoding { get; private set; }

    /// <summary>The first line that could not be read, if any.</summary>
    public readonly ProtocolErrorCode Error => _error;

    /// <summary>
    /// Adds a Content-Length line: digits only. A second line is rejected, and so is a list; RFC 9110 §8.6 would allow
    /// merging equal values, but a sender of such lines is defective or probing.
    /// </summary>
    public void AddContentLength(ReadOnlySpan<byte> value)
    {
        if (ContentLength is not null)
            Refuse(ProtocolErrorCode.MultipleContentLengths);
        else if (LengthValue.TryParse(value, out long length))
            ContentLength = length;
        else
            Refuse(ProtocolErrorCode.InvalidContentLength);
    }

    /// <summary>Adds a Transfer-Encoding line (RFC 9112 §6.1): a list of codings, chunked at most once.</summary>
    public void AddTransferEncoding(ReadOnlySpan<byte> value)
    {
        bool seenChunked = EndsChunked;
        HasTransferEncoding = true;
        foreach (ReadOnlySpan<byte> coding in new ListElements(value))
        {
            bool isChunked = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
            if (seenChunked || !(isChunked || IsCoding(coding)))
                Refuse(ProtocolErrorCode.InvalidTransferEncoding);
            EndsChunked = seenChunked = isChunked;
            HasOtherCoding |= !isChunked;
        }
    }

    private static bool IsCoding(ReadOnlySpan<byte> coding)
    {
        int parameters = coding.IndexOf((byte)';');
        ReadOnlySpan<byte> name = parameters < 0 ? coding : coding[..parameters].TrimEnd(" \t"u8);
        return ByteScan.IsToken(name) && !Ascii.EqualsIgnoreCase(name, "chunked"u8);
    }

    private void Refuse(ProtocolErrorCode code)
    {
        if (_error == ProtocolErrorCode.None) _error = code;
    }
}
