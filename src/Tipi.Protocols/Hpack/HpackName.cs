using System.Buffers;
using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Hpack;

/// <summary>A field's name as an encoder sees it.</summary>
/// <remarks>
/// <code>
///  never                Authorization, Cookie, Proxy-Authorization, Set-Cookie, and names of tokens
///  without              Age, Content-Disposition, Content-Length, Content-Location, Content-MD5, Content-Range, ETag,
///                       Expires, Grpc-Message, Last-Modified, Location, Request-Id, Retry-After, Server-Timing,
///                       traceparent, tracestate, X-Request-ID
///  when repeated        all others, Date among them: one value serves a second's answers
/// </code>
/// </remarks>
internal readonly struct HpackName
{
    private static readonly string[] s_secrets =
        ["Authentication-Info", "Proxy-Authentication-Info", "RequestVerificationToken", "X-API-Key", "X-Auth-Token",
        "X-CSRF-Token", "X-XSRF-Token"];

    private static readonly HpackIndexing[] s_indexing = Enumerable.Range(0, FieldNames.Count)
        .Select(field => Choose((KnownField)field))
        .ToArray();

    private HpackName(string text, KnownField known, int staticIndex, HpackIndexing indexing)
    {
        Text = text;
        Known = known;
        StaticIndex = staticIndex;
        Indexing = indexing;
    }

    /// <summary>The name of <c>:status</c>.</summary>
    internal static HpackName Status =>
        new(":status", KnownField.Unknown, StaticTable.Status, HpackIndexing.WhenRepeated);

    /// <summary>The name as the application spells it.</summary>
    internal string Text { get; }

    /// <summary>The field when it is known.</summary>
    internal KnownField Known { get; }

    /// <summary>Its place in the static table; 0: it has none.</summary>
    internal int StaticIndex { get; }

    /// <summary>What is done with the name's fields.</summary>
    internal HpackIndexing Indexing { get; }

    /// <summary>What is known of a name.</summary>
    internal static HpackName Find(string text)
    {
        KnownField known = FieldNames.Find(text);
        return known != KnownField.Unknown
            ? new HpackName(text, known, StaticTable.Find(known), s_indexing[(int)known])
            : new HpackName(text, known, 0, IsSecret(text) ? HpackIndexing.Never : HpackIndexing.WhenRepeated);
    }

    /// <summary>Whether a row has this name, in whatever spelling.</summary>
    internal bool Equals(string text, KnownField known) =>
        known == Known && (known != KnownField.Unknown || text.Equals(Text, StringComparison.OrdinalIgnoreCase));

    /// <summary>Writes the name in lower case; there is room for it.</summary>
    /// <exception cref="ArgumentException">Not ASCII: it should have been refused when it was set.</exception>
    internal void CopyTo(Span<byte> destination)
    {
        if (Known != KnownField.Unknown) LowerNames.Get(Known).CopyTo(destination);
        else if (Ascii.ToLower(Text, destination, out _) != OperationStatus.Done)
            throw new ArgumentException($"A field name must be a token, but is '{Text}'.");
    }

    private static bool IsSecret(string name)
    {
        foreach (string secret in s_secrets)
            if (secret.Equals(name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    private static HpackIndexing Choose(KnownField field) => field switch
    {
        KnownField.Authorization or KnownField.Cookie or KnownField.ProxyAuthorization or KnownField.SetCookie =>
            HpackIndexing.Never,
        KnownField.Age or KnownField.ContentDisposition or KnownField.ContentLength or KnownField.ContentLocation
            or KnownField.ContentMD5 or KnownField.ContentRange or KnownField.ETag or KnownField.Expires
            or KnownField.GrpcMessage or KnownField.LastModified or KnownField.Location or KnownField.RequestId
            or KnownField.RetryAfter or KnownField.ServerTiming or KnownField.TraceParent or KnownField.TraceState
            or KnownField.XRequestId => HpackIndexing.Without,
        _ => HpackIndexing.WhenRepeated,
    };
}
