using System.Buffers;
using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http2;

/// <summary>
/// The reading of a request's field section (RFC 9113 §8.2, §8.3; RFC 8441 §4): fed field by field, it tells what is
/// malformed and what the request is.
/// </summary>
/// <remarks>
/// Lives: each field to <see cref="Accept"/>, in order, then <see cref="End"/>. After an error nothing more is asked.
/// <code>
///                     :method   :scheme    :authority     :path                 :protocol
/// request             token     required   or Host        /… ; * with OPTIONS   never
/// CONNECT             CONNECT   never      host:port      never                 never
/// extended CONNECT    CONNECT   required   required       /…                    required
/// </code>
/// Pseudo-headers come first, each once, none empty and no others. Limits of sizes and numbers are not kept here.
/// </remarks>
internal struct Http2RequestRules
{
    private static readonly SearchValues<byte> s_scheme = SearchValues.Create(
        "+-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private Http2PseudoField _seen;
    private bool _isAfterPseudo;
    private bool _authorityHasPort;
    private bool _authorityIsEmpty;
    private Http2Priority _priority;
    private bool _hasBadPriority;

    /// <summary>SETTINGS_ENABLE_CONNECT_PROTOCOL was sent: <c>:protocol</c> may come.</summary>
    internal bool AllowsExtendedConnect { get; init; }

    /// <summary>The only scheme to accept, that of the transport; Other accepts any.</summary>
    internal Http2Scheme RequiredScheme { get; init; }

    /// <summary>What is put up with.</summary>
    internal HttpStrictness Strictness { get; init; }

    /// <summary>The method; Custom: the value of <c>:method</c> says.</summary>
    internal KnownMethod Method { get; private set; }

    internal Http2Scheme Scheme { get; private set; }

    /// <summary>The target is <c>*</c>.</summary>
    internal bool IsAsterisk { get; private set; }

    /// <summary>Bytes of <c>:path</c> before its query, whose question mark is there, or all.</summary>
    internal int PathLength { get; private set; }

    /// <summary>The path has a percent sign or a segment with a dot first; see <see cref="PathDecoding"/>.</summary>
    internal bool PathNeedsDecoding { get; private set; }

    /// <summary>The Content-Length, also when it is 0; null when there is none.</summary>
    internal long? ContentLength { get; private set; }

    /// <summary>There is a Host field.</summary>
    internal bool HasHost { get; private set; }

    internal readonly bool HasAuthority => Has(Http2PseudoField.Authority);

    private readonly bool IsLenient => Strictness == HttpStrictness.Lenient;

    /// <summary>A CONNECT with <c>:protocol</c> (RFC 8441).</summary>
    internal readonly bool IsExtendedConnect => Has(Http2PseudoField.Protocol);

    /// <summary>The client waits for 100 before it sends content.</summary>
    internal bool ExpectsContinue { get; private set; }

    /// <summary>Expect says something else, which 417 answers (RFC 9110 §10.1.1).</summary>
    internal bool HasUnknownExpectation { get; private set; }

    /// <summary>What the Priority field says; IsSignaled is false without one that can be read.</summary>
    internal readonly Http2Priority Priority => _priority.IsSignaled ? _priority : Http2Priority.Default;

    /// <summary>Takes the next field.</summary>
    /// <param name="known">The field when its name is known.</param>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value.</param>
    /// <param name="pseudo">Which pseudo-header it is; None for a regular field.</param>
    /// <returns>Why the request is malformed, an error of the stream; or none.</returns>
    internal Http2Error Accept(
        KnownField known, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, out Http2PseudoField pseudo)
    {
        pseudo = Http2PseudoField.None;
        if (!name.IsEmpty && name[0] == ':')
        {
            pseudo = Find(name);
            return AcceptPseudo(pseudo, value);
        }

        _isAfterPseudo = true;
        Http2Error error = Http2FieldRules.Check(known, name, value);
        return error.IsNone ? AcceptRegular(known, value) : error;
    }

    /// <summary>Decides when all fields are there.</summary>
    /// <param name="authority">The text of <c>:authority</c>; empty when there is none.</param>
    /// <param name="host">The text of Host; empty when there is none.</param>
    /// <param name="endStream">HEADERS had END_STREAM: there is no content.</param>
    internal readonly Http2Error End(ReadOnlySpan<char> authority, ReadOnlySpan<char> host, bool endStream)
    {
        if (!Has(Http2PseudoField.Method)) return Malformed("The request has no :method.");
        if (IsExtendedConnect && Method != KnownMethod.Connect)
            return Malformed("The request has :protocol without CONNECT.");
        Http2Error error = Method == KnownMethod.Connect && !IsExtendedConnect ? EndConnect() : EndRequest();
        if (!error.IsNone) return error;
        if (HasAuthority && HasHost && !IsSame(authority, host)) return Malformed("Host differs from :authority.");
        if (endStream && ContentLength > 0) return Malformed("The request ends before its declared content.");
        return default;
    }

    private readonly Http2Error EndConnect()
    {
        if (Has(Http2PseudoField.Scheme) || Has(Http2PseudoField.Path))
            return Malformed("CONNECT has a :scheme or a :path.");
        return _authorityHasPort ? default : Malformed("CONNECT requires a host and a port as :authority.");
    }

    private readonly Http2Error EndRequest()
    {
        if (!Has(Http2PseudoField.Scheme)) return Malformed("The request has no :scheme.");
        if (!Has(Http2PseudoField.Path)) return Malformed("The request has no :path.");
        if (IsAsterisk && Method != KnownMethod.Options) return Malformed("The path * is valid for OPTIONS only.");
        if (IsExtendedConnect && (!HasAuthority || _authorityIsEmpty))
            return Malformed("An extended CONNECT has no :authority.");
        return HasAuthority || HasHost ? default : Malformed("The request has neither :authority nor Host.");
    }

    private Http2Error AcceptPseudo(Http2PseudoField pseudo, ReadOnlySpan<byte> value)
    {
        if (pseudo == Http2PseudoField.Unknown) return Malformed("A pseudo-header is not valid in a request.");
        if (_isAfterPseudo) return Malformed("A pseudo-header follows a regular field.");
        if (Has(pseudo)) return Malformed("A pseudo-header is repeated.");
        _seen |= pseudo;
        return pseudo switch
        {
            Http2PseudoField.Method => AcceptMethod(value),
            Http2PseudoField.Scheme => AcceptScheme(value),
            Http2PseudoField.Path => AcceptPath(value),
            Http2PseudoField.Authority => AcceptAuthority(value),
            _ => AcceptProtocol(value),
        };
    }

    private Http2Error AcceptMethod(ReadOnlySpan<byte> value)
    {
        Method = MethodNames.Find(value);
        return Method != KnownMethod.Custom || ByteScan.IsToken(value)
            ? default
            : Malformed("The :method is not a token.");
    }

    private Http2Error AcceptScheme(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, "https"u8)) Scheme = Http2Scheme.Https;
        else if (Ascii.EqualsIgnoreCase(value, "http"u8)) Scheme = Http2Scheme.Http;
        else if (value.IsEmpty || !char.IsAsciiLetter((char)value[0]) || value.IndexOfAnyExcept(s_scheme) >= 0)
            return Malformed("The :scheme is malformed.");
        return RequiredScheme == Http2Scheme.Other || RequiredScheme == Scheme
            ? default
            : Malformed("The :scheme does not match the connection.");
    }

    private Http2Error AcceptPath(ReadOnlySpan<byte> value)
    {
        if (value.SequenceEqual("*"u8))
        {
            IsAsterisk = true;
            return default;
        }

        if (value.IsEmpty || value[0] != '/') return Malformed("The :path does not start with a slash.");
        if (!TargetScan.IsValid(value, 0, value.Length, out int query, out bool needsDecoding)
            && !(IsLenient && IsForgiven(value, out query, out needsDecoding)))
            return Malformed("The :path is malformed.");
        PathLength = query;
        PathNeedsDecoding = needsDecoding;
        return default;
    }

    private static bool IsForgiven(ReadOnlySpan<byte> path, out int query, out bool needsDecoding)
    {
        byte[] copy = path.ToArray();
        bool isForgiven = TargetScan.Forgive(copy, out bool isText);
        isForgiven &= TargetScan.IsValid(copy, 0, copy.Length, out query, out needsDecoding);
        needsDecoding |= isText;
        return isForgiven;
    }

    private Http2Error AcceptAuthority(ReadOnlySpan<byte> value)
    {
        AuthorityShape shape = AuthorityShape.Of(value);
        _authorityHasPort = shape.HasPort;
        _authorityIsEmpty = value.IsEmpty && IsLenient;
        if (_authorityIsEmpty) return default;
        return shape.IsValid ? default : Malformed("The :authority is not a host with an optional port.");
    }

    private readonly Http2Error AcceptProtocol(ReadOnlySpan<byte> value)
    {
        if (!AllowsExtendedConnect) return Malformed("The request has :protocol, which was not offered.");
        return ByteScan.IsToken(value) ? default : Malformed("The :protocol is not a token.");
    }

    private Http2Error AcceptRegular(KnownField known, ReadOnlySpan<byte> value)
    {
        switch (known)
        {
            case KnownField.Host: return AcceptHost(value);
            case KnownField.ContentLength: return AcceptContentLength(value);
            case KnownField.Expect:
                if (Ascii.EqualsIgnoreCase(value, "100-continue"u8)) ExpectsContinue = true;
                else HasUnknownExpectation |= !IsLenient;
                return default;
            case KnownField.Priority:
                AcceptPriority(value);
                return default;
            default: return default;
        }
    }

    private Http2Error AcceptHost(ReadOnlySpan<byte> value)
    {
        if (HasHost) return Malformed("There is more than one Host field.");
        HasHost = true;
        if (value.IsEmpty && IsLenient) return default;
        return AuthorityShape.Of(value).IsValid ? default : Malformed("The Host field is malformed.");
    }

    // As in HTTP/1.1 a second line is refused, even an equal one.
    private Http2Error AcceptContentLength(ReadOnlySpan<byte> value)
    {
        if (ContentLength is not null) return Malformed("There is more than one Content-Length.");
        if (!LengthValue.TryParse(value, out long length)) return Malformed("The Content-Length is malformed.");
        ContentLength = length;
        return default;
    }

    // A mistake in one line spoils the field: the default then, and only for this request.
    private void AcceptPriority(ReadOnlySpan<byte> value)
    {
        Http2Priority priority = Priority;
        _hasBadPriority |= !Http2Priority.TryMerge(value, ref priority);
        _priority = _hasBadPriority ? Http2Priority.Default : priority;
    }

    private readonly bool Has(Http2PseudoField field) => (_seen & field) != 0;

    /// <summary>
    /// The same host and port, with the scheme's port where none is told: RFC 9113 §8.3.1 lets a server refuse a
    /// difference, and two opinions about the host are how caches are poisoned. Both were checked and are ASCII.
    /// </summary>
    private readonly bool IsSame(ReadOnlySpan<char> authority, ReadOnlySpan<char> host)
    {
        if (authority.Equals(host, StringComparison.OrdinalIgnoreCase)) return true;
        return WithoutPort(authority, out int port).Equals(WithoutPort(host, out int otherPort),
            StringComparison.OrdinalIgnoreCase) && port == otherPort;
    }

    private readonly ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> authority, out int port)
    {
        port = Scheme switch { Http2Scheme.Http => 80, Http2Scheme.Https => 443, _ => -1 };
        int colon = authority.LastIndexOf(':');
        if (colon < 0 || authority[^1] == ']') return authority; // a colon inside of an IPv6 literal
        if (colon + 1 < authority.Length)
            port = int.Parse(authority[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        return authority[..colon];
    }

    private static Http2PseudoField Find(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(":path"u8)) return Http2PseudoField.Path;
        if (name.SequenceEqual(":method"u8)) return Http2PseudoField.Method;
        if (name.SequenceEqual(":scheme"u8)) return Http2PseudoField.Scheme;
        if (name.SequenceEqual(":authority"u8)) return Http2PseudoField.Authority;
        return name.SequenceEqual(":protocol"u8) ? Http2PseudoField.Protocol : Http2PseudoField.Unknown;
    }

    private static Http2Error Malformed(string reason) => Http2FieldRules.Malformed(reason);
}
