using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>
/// A request head as positions in the bytes it was parsed from. Reusable, and free of allocations once it has grown.
/// </summary>
/// <remarks>
/// Lives: <see cref="Reset"/> → TryParse returns NeedMore any number of times (the head remembers how far it came) →
/// Complete or Invalid → <see cref="Reset"/>. After Invalid it holds what was known by then.
/// </remarks>
public sealed class RequestHead
{
    /// <summary>The method, or Custom: then read <see cref="MethodRange"/>.</summary>
    public KnownMethod Method { get; internal set; }

    /// <summary>The method's token.</summary>
    public ByteRange MethodRange { get; internal set; }

    /// <summary>The form of the request target.</summary>
    public RequestTargetForm TargetForm { get; internal set; }

    /// <summary>The whole request target.</summary>
    public ByteRange TargetRange { get; internal set; }

    /// <summary>The authority of an absolute target, or the target of CONNECT; otherwise empty.</summary>
    public ByteRange AuthorityRange { get; internal set; }

    /// <summary>
    /// The path, still encoded. Empty for an authority, for <c>*</c>, and for an absolute target without a path, which
    /// means <c>/</c>.
    /// </summary>
    public ByteRange PathRange { get; internal set; }

    /// <summary>The query with its question mark; empty when there is none.</summary>
    public ByteRange QueryRange { get; internal set; }

    /// <summary>The path has a percent sign or a segment with a dot first; see <see cref="PathDecoding"/>.</summary>
    public bool PathNeedsDecoding { get; internal set; }

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get; internal set; }

    /// <summary>The field lines in order.</summary>
    public FieldSection Fields { get; } = new();

    /// <summary>How many field lines there are.</summary>
    public int FieldCount => Fields.Count;

    /// <summary>A field line by its place.</summary>
    public ref readonly FieldLine this[int index] => ref Fields[index];

    /// <summary>How the body ends, by <see cref="MessageFraming.ForRequest"/>.</summary>
    public BodyFraming Body { get; internal set; }

    /// <summary>The Content-Length, also when it is 0; null when there is none.</summary>
    public long? ContentLength { get; internal set; }

    /// <summary>The client wants the connection to stay open (RFC 9112 §9.3).</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>The client waits for 100 before it sends the body: HTTP/1.1, a body, and the expectation.</summary>
    public bool ExpectsContinue { get; internal set; }

    /// <summary>HTTP/1.1 with an Upgrade field and <c>Connection: upgrade</c> (RFC 9110 §7.8).</summary>
    public bool HasUpgrade { get; internal set; }

    /// <summary>The place of the Host line among the fields, or -1.</summary>
    public int HostIndex { get; internal set; } = -1;

    /// <summary>Bytes of the head with its last CRLF; 0 until it is complete.</summary>
    public int Length { get; internal set; }

    /// <summary>Where the request line begins: 0, or 2 after an empty line.</summary>
    internal int LineStart { get; set; }

    /// <summary>Up to where the request line was searched for its end.</summary>
    internal int Scanned { get; set; }

    /// <summary>The request line is parsed and the fields are next.</summary>
    internal bool InFields { get; set; }

    /// <summary>Forgets everything. Call it before the first byte of another message.</summary>
    public void Reset()
    {
        Method = KnownMethod.Custom;
        MethodRange = TargetRange = AuthorityRange = PathRange = QueryRange = default;
        TargetForm = RequestTargetForm.Origin;
        PathNeedsDecoding = false;
        MinorVersion = 0;
        Fields.Reset();
        Body = default;
        ContentLength = null;
        KeepAlive = ExpectsContinue = HasUpgrade = false;
        HostIndex = -1;
        Length = LineStart = Scanned = 0;
        InFields = false;
    }
}
