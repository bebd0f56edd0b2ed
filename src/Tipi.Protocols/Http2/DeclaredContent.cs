namespace Tipi.Protocols.Http2;

/// <summary>
/// Holds the content of a request to its Content-Length (RFC 9113 §8.1.1): DATA that is more or fewer than announced is
/// how a request would be smuggled into HTTP/1.1.
/// </summary>
/// <param name="length">The Content-Length, or null: any amount.</param>
internal struct DeclaredContent(long? length)
{
    // Bytes still to come; negative: not announced.
    private long _remaining = length ?? -1;

    /// <summary>Takes DATA, counted without its padding.</summary>
    internal Http2Error Accept(int bytes, bool endStream)
    {
        if (_remaining < 0) return default;
        if (bytes > _remaining) return Http2FieldRules.Malformed("There is more content than declared.");
        _remaining -= bytes;
        return endStream ? End() : default;
    }

    /// <summary>The stream ends, with DATA or with trailers.</summary>
    internal readonly Http2Error End() =>
        _remaining > 0 ? Http2FieldRules.Malformed("The request ends before its declared content.") : default;
}
