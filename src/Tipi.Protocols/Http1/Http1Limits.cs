using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>What a peer may send before it is refused. In bytes, line ends included, unless said otherwise.</summary>
public sealed class Http1Limits
{
    private FieldLimits? _requestFields;
    private FieldLimits? _responseFields;
    private FieldLimits? _trailers;

    /// <summary>The defaults.</summary>
    public static Http1Limits Default { get; } = new();

    /// <summary>The request or status line. 8,192 as in Kestrel: longer URLs break in other places first.</summary>
    public int MaxRequestLineSize { get; init; } = 8192;

    /// <summary>All field lines of a head. 32,768 as in Kestrel: bounds the memory of an unaccepted request.</summary>
    public int MaxHeadersTotalSize { get; init; } = 32768;

    /// <summary>Field lines of a head. 100 as in Kestrel: bounds the work that many tiny fields cause.</summary>
    public int MaxHeaderCount { get; init; } = 100;

    /// <summary>All field lines of a trailer section. 8,192: trailers carry digests and statuses.</summary>
    public int MaxTrailersTotalSize { get; init; } = 8192;

    /// <summary>Field lines of a trailer section. 32, for the same reason.</summary>
    public int MaxTrailerCount { get; init; } = 32;

    /// <summary>One chunk line with its extensions. 4,096: extensions carry at most a signature.</summary>
    public int MaxChunkLineSize { get; init; } = 4096;

    /// <summary>
    /// How far chunk lines may outweigh the data they announce over a whole body; 16 bytes a line and twice the data
    /// are free. 16,384: stops a peer that keeps a connection busy with framing and hardly any data.
    /// </summary>
    public int MaxChunkOverhead { get; init; } = 16384;

    /// <summary>How invalid requests are judged. Strict; responses always are.</summary>
    public HttpStrictness Strictness { get; init; }

    /// <summary>
    /// An absolute request target may name another host than Host, and wins (RFC 9112 §3.2.2). False as in Kestrel: two
    /// opinions about the host are how caches are poisoned.
    /// </summary>
    public bool AllowHostOverride { get; init; }

    internal FieldLimits RequestFields =>
        _requestFields ??= new FieldLimits(MaxHeadersTotalSize, MaxHeaderCount, Strictness);

    internal FieldLimits ResponseFields =>
        _responseFields ??= new FieldLimits(MaxHeadersTotalSize, MaxHeaderCount, HttpStrictness.Strict);

    /// <summary>Part of the framing, so strict in any case: see <see cref="HttpStrictness"/>.</summary>
    internal FieldLimits Trailers =>
        _trailers ??= new FieldLimits(MaxTrailersTotalSize, MaxTrailerCount, HttpStrictness.Strict);
}
