namespace Tipi.Protocols.Http;

/// <summary>How many invalid requests are accepted.</summary>
/// <remarks>
/// <para>Lenient accepts some invalid requests, as Kestrel does. Anything that lets two readers of the same bytes
/// disagree about where a request ends is rejected in both modes, although Kestrel accepts much of it:</para>
/// <list type="bullet">
/// <item>A Content-Length with a sign, empty or repeated; Transfer-Encoding on HTTP/1.0, or where chunked is not the
/// last coding, is repeated or stands beside empty elements: a front end that reads the number or the list differently
/// sees another body.</item>
/// <item>Malformed chunk sizes and extensions, bare CR or LF in chunk lines and trailers: the same, inside the
/// body.</item>
/// <item>Bare CR, NUL and other control characters in a head, folded lines, whitespace before a colon or before the
/// first field: they end or start a field for some readers and not for others.</item>
/// <item>Field names that are not tokens: a reader that removes invalid characters from a name sees another field,
/// which may be a framing field.</item>
/// <item>More than one space, or a tab, between the parts of a request line; a space in the target: readers split the
/// target at different places.</item>
/// <item>More than one Host, or one that is neither empty nor host and port; an authority with user information: the
/// request is routed or cached under a different name than the one it is answered under.</item>
/// <item>CONNECT without host and port: accepting it opens a tunnel to an unknown target.</item>
/// </list>
/// </remarks>
public enum HttpStrictness : byte
{
    /// <summary>
    /// Rejects everything that RFC 9110, RFC 9112 and RFC 9113 call invalid, except whitespace around a value in
    /// HTTP/2: it is removed, as in HTTP/1.1.
    /// </summary>
    Strict,

    /// <summary>
    /// Accepts what Kestrel 10 accepts, unless it allows request smuggling: LF without CR ends a line of a head; any
    /// number of empty lines may come first; with Transfer-Encoding, a Content-Length is ignored, and the connection
    /// ends with that request; codings before chunked are left to the application; Host may be empty; unknown
    /// expectations are ignored; <c>#</c>, <c>\</c> and UTF-8 in a target are taken literally. In HTTP/2, the same
    /// where it applies; <c>:authority</c> may also be empty.
    /// </summary>
    Lenient,
}
