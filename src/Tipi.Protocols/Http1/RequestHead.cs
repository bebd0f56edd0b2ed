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
    private Values _values;

    /// <summary>The method, or Custom: then read <see cref="MethodRange"/>.</summary>
    public KnownMethod Method { get => _values.Method; internal set => _values.Method = value; }

    /// <summary>The method's token.</summary>
    public ByteRange MethodRange { get => _values.MethodRange; internal set => _values.MethodRange = value; }

    /// <summary>The form of the request target.</summary>
    public RequestTargetForm TargetForm { get => _values.TargetForm; internal set => _values.TargetForm = value; }

    /// <summary>The complete request target.</summary>
    public ByteRange TargetRange { get => _values.TargetRange; internal set => _values.TargetRange = value; }

    /// <summary>The authority of an absolute target, or the target of CONNECT; otherwise empty.</summary>
    public ByteRange AuthorityRange { get => _values.AuthorityRange; internal set => _values.AuthorityRange = value; }

    /// <summary>
    /// The path, still encoded. Empty for an authority, for <c>*</c>, and for an absolute target without a path, which
    /// means <c>/</c>.
    /// </summary>
    public ByteRange PathRange { get => _values.PathRange; internal set => _values.PathRange = value; }

    /// <summary>The query with its question mark; empty when there is none.</summary>
    public ByteRange QueryRange { get => _values.QueryRange; internal set => _values.QueryRange = value; }

    /// <summary>The path has a percent sign or a segment with a dot first; see <see cref="PathDecoding"/>.</summary>
    public bool PathNeedsDecoding
    {
        get => _values.PathNeedsDecoding;
        internal set => _values.PathNeedsDecoding = value;
    }

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get => _values.MinorVersion; internal set => _values.MinorVersion = value; }

    /// <summary>The field lines in order.</summary>
    public FieldSection Fields { get; } = new();

    /// <summary>How many field lines there are.</summary>
    public int FieldCount => Fields.Count;

    /// <summary>A field line by its place.</summary>
    public ref readonly FieldLine this[int index] => ref Fields[index];

    /// <summary>How the body ends, by <see cref="MessageFraming.ForRequest"/>.</summary>
    public BodyFraming Body { get => _values.Body; internal set => _values.Body = value; }

    /// <summary>The Content-Length, also when it is 0; null when there is none.</summary>
    public long? ContentLength { get => _values.ContentLength; internal set => _values.ContentLength = value; }

    /// <summary>The client wants the connection to stay open (RFC 9112 §9.3).</summary>
    public bool KeepAlive { get => _values.KeepAlive; internal set => _values.KeepAlive = value; }

    /// <summary>The client waits for 100 before it sends the body: HTTP/1.1, a body, and the expectation.</summary>
    public bool ExpectsContinue { get => _values.ExpectsContinue; internal set => _values.ExpectsContinue = value; }

    /// <summary>HTTP/1.1 with an Upgrade field and <c>Connection: upgrade</c> (RFC 9110 §7.8).</summary>
    public bool HasUpgrade { get => _values.HasUpgrade; internal set => _values.HasUpgrade = value; }

    /// <summary>
    /// The absolute target names an authority other than Host, and takes precedence: <see cref="AuthorityRange"/> is
    /// the host. Only if <see cref="Http1Limits.AllowHostOverride"/> allows it.
    /// </summary>
    public bool HostIsOverridden { get => _values.HostIsOverridden; internal set => _values.HostIsOverridden = value; }

    /// <summary>The place of the Host line among the fields, or -1.</summary>
    public int HostIndex { get => _values.HostPlace - 1; internal set => _values.HostPlace = value + 1; }

    /// <summary>Bytes of the head with its last CRLF; 0 until it is complete.</summary>
    public int Length { get => _values.Length; internal set => _values.Length = value; }

    /// <summary>Where the request line begins: 0, or after the empty lines before it.</summary>
    internal int LineStart { get => _values.LineStart; set => _values.LineStart = value; }

    /// <summary>Up to where the request line was searched for its end.</summary>
    internal int Scanned { get => _values.Scanned; set => _values.Scanned = value; }

    /// <summary>The request line is parsed and the fields are next.</summary>
    internal bool InFields { get => _values.InFields; set => _values.InFields = value; }

    /// <summary>Forgets everything. Call it before the first byte of another message.</summary>
    public void Reset()
    {
        _values = default;
        Fields.Reset();
    }

    /// <summary>Everything but the fields, in one block that is cleared by a few wide stores.</summary>
    private struct Values
    {
        internal ByteRange MethodRange;
        internal ByteRange TargetRange;
        internal ByteRange AuthorityRange;
        internal ByteRange PathRange;
        internal ByteRange QueryRange;
        internal BodyFraming Body;
        internal long? ContentLength;
        internal int MinorVersion;
        internal int Length;
        internal int LineStart;
        internal int Scanned;
        internal int HostPlace;
        internal KnownMethod Method;
        internal RequestTargetForm TargetForm;
        internal bool PathNeedsDecoding;
        internal bool KeepAlive;
        internal bool ExpectsContinue;
        internal bool HasUpgrade;
        internal bool HostIsOverridden;
        internal bool InFields;
    }
}
