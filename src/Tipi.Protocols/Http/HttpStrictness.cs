namespace Tipi.Protocols.Http;

/// <summary>How much of what the standards call invalid is put up with in requests.</summary>
/// <remarks>
/// <para>Lenient reads some invalid requests as Kestrel does. Whatever lets two readers of the same bytes disagree
/// where a request ends is refused in both, although Kestrel accepts much of it:</para>
/// <list type="bullet">
/// <item>A Content-Length with a sign, empty or repeated; Transfer-Encoding on HTTP/1.0, or where chunked is not the
/// last coding, is repeated or stands beside empty elements: a front end that reads the number or the list otherwise
/// sees another body.</item>
/// <item>Malformed chunk sizes and extensions, bare CR or LF in chunk lines and trailers: the same, inside the
/// body.</item>
/// <item>Bare CR, NUL and other control characters in a head, folded lines, white space before a colon or before the
/// first field: they end or begin a field for some readers and not for others.</item>
/// <item>Field names that are no tokens: a reader that strips what is not part of a name sees another field, which may
/// be one that frames.</item>
/// <item>More than one space, or a tab, between the parts of a request line; a space in the target: the target is cut
/// at different places.</item>
/// <item>More than one Host, or one that is neither empty nor host and port; an authority with user information: the
/// request is routed, or cached, under another name than it is answered under.</item>
/// <item>CONNECT without host and port: who grants it opens a tunnel to nobody knows where.</item>
/// </list>
/// </remarks>
public enum HttpStrictness : byte
{
    /// <summary>
    /// Everything that RFC 9110, RFC 9112 and RFC 9113 call invalid is refused, but for blanks around a value in
    /// HTTP/2: they are taken off, as in HTTP/1.1.
    /// </summary>
    Strict,

    /// <summary>
    /// As Kestrel 10 where no request can be smuggled by it: LF without CR ends a line of a head; any number of empty
    /// lines may come first; beside Transfer-Encoding a Content-Length is ignored, and the connection ends with that
    /// request; codings under chunked are left to the application; Host may be empty; unknown expectations are
    /// ignored; <c>#</c>, <c>\</c> and UTF-8 in a target are themselves. In HTTP/2 the same, where it applies;
    /// <c>:authority</c> may be empty as well.
    /// </summary>
    Lenient,
}
