using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>
/// Limits of what a peer may send before it is rejected. In bytes, including line endings, unless stated otherwise.
/// </summary>
public sealed class Http1Limits
{
    private FieldLimits? _requestFields;
    private FieldLimits? _responseFields;
    private FieldLimits? _trailers;

    /// <summary>The defaults.</summary>
    public static Http1Limits Default { get; } = new();

    /// <summary>
    /// Maximum length of the request or status line. Default: 8,192, as in Kestrel; longer URLs fail in other places
    /// first.
    /// </summary>
    public int MaxRequestLineSize { get; init; } = 8192;

    /// <summary>
    /// Maximum total size of the field lines of a head. Default: 32,768, as in Kestrel; limits the memory of a request
    /// that is not accepted yet.
    /// </summary>
    public int MaxHeadersTotalSize { get; init; } = 32768;

    /// <summary>
    /// Maximum number of field lines of a head. Default: 100, as in Kestrel; limits the work that many tiny fields
    /// cause.
    /// </summary>
    public int MaxHeaderCount { get; init; } = 100;

    /// <summary>
    /// Maximum total size of the field lines of a trailer section. Default: 8,192; trailers carry digests and statuses.
    /// </summary>
    public int MaxTrailersTotalSize { get; init; } = 8192;

    /// <summary>Maximum number of field lines of a trailer section. Default: 32, for the same reason.</summary>
    public int MaxTrailerCount { get; init; } = 32;

    /// <summary>
    /// Maximum length of one chunk line with its extensions. Default: 4,096; extensions carry at most a signature.
    /// </summary>
    public int MaxChunkLineSize { get; init; } = 4096;

    /// <summary>
    /// By how much chunk lines may exceed the data that they declare over an entire body; 16 bytes per line and twice
    /// the data are not counted. Default: 16,384; stops a peer that keeps a connection busy with framing and hardly any
    /// data.
    /// </summary>
    public int MaxChunkOverhead { get; init; } = 16384;

    /// <summary>How invalid requests are handled. Default: Strict. Responses are always parsed strictly.</summary>
    public HttpStrictness Strictness { get; init; }

    /// <summary>
    /// Whether an absolute request target may name a host other than Host, and takes precedence (RFC 9112 §3.2.2).
    /// Default: false, as in Kestrel; ambiguous hosts are how caches are poisoned.
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
