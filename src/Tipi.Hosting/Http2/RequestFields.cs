using Microsoft.Extensions.Primitives;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Hpack;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Takes the fields of one request as they are decoded: checks them and gives the exchange its strings. After the first
/// mistake, and beyond a limit, nothing more is taken, while the decoder goes on to stay in step.
/// </summary>
internal ref struct RequestFields(
    Http2Stream stream, ReceivedText received, Http2RequestRules rules, FieldBudget budget) : IHpackSink
{
    private const string CookieName = "Cookie";

    private readonly HttpExchange _exchange = stream.Exchange;
    private Http2RequestRules _rules = rules;
    private FieldBudget _budget = budget;
    private string _method = "";
    private string _authority = "";
    private string _path = "";
    private int _pathLength;
    private string _scheme = "";
    private string? _cookies;

    /// <summary>Why the request is malformed; none while it is not.</summary>
    internal Http2Error Error { get; private set; }

    /// <summary>The status of a request that is well-formed and beyond a limit; 0 while it is not.</summary>
    internal int RefusalStatus { get; private set; }

    internal readonly Http2RequestRules Rules => _rules;

    internal readonly string Method => _method;

    /// <summary>As sent; of a CONNECT that has none, that of the connection.</summary>
    internal readonly string Scheme => _scheme.Length > 0 ? _scheme : stream.Context.Owner.Scheme;

    internal string? Protocol { get; private set; }

    public bool OnField(in HpackField field)
    {
        // As in HTTP/1.1, blanks around a value are not part of it: proxies carry them over from there. A
        // pseudo-header's value is checked for what it is.
        return Take(field.NameBytes is [(byte)':', ..] ? field : field.Trimmed);
    }

    /// <summary>All fields are there.</summary>
    internal void End(bool endStream)
    {
        if (!Error.IsNone || RefusalStatus != 0) return;
        HeaderTable headers = _exchange.RequestHeaders;
        string host = _rules.HasHost ? headers["Host"].ToString() : "";
        Error = _rules.End(_authority, host, endStream);
        if (!Error.IsNone) return;
        if (_rules.HasUnknownExpectation) RefusalStatus = 417;
        if (_authority.Length > 0) headers["Host"] = _authority;
        if (_cookies is not null) headers[CookieName] = _cookies;
        headers.ContentLength = _rules.ContentLength;
        LoadTarget();
    }

    private bool Take(in HpackField field)
    {
        if (!_budget.TryTake(field.NameBytes.Length + field.Value.Length))
        {
            RefusalStatus = 431;
            return false;
        }
        Error = _rules.Accept(field.Known, field.NameBytes, field.Value, out Http2PseudoField pseudo);
        if (!Error.IsNone) return false;
        if (pseudo == Http2PseudoField.None) return AddField(field);
        AddPseudo(pseudo, field);
        return RefusalStatus == 0 && Error.IsNone;
    }

    private bool AddField(in HpackField field)
    {
        if (field.Known == KnownField.ContentLength) return true;
        HeaderTable headers = _exchange.RequestHeaders;
        string name = field.Name ?? received.Get(field.NameBytes);
        if (!TryGetText(name, field, out string value))
        {
            Error = Http2Error.Stream(Http2ErrorCode.ProtocolError, "A field value is not valid in its encoding.");
            return false;
        }
        // RFC 9113 §8.2.3: crumbs are one field again before anybody else sees them.
        if (field.Known == KnownField.Cookie) _cookies = _cookies is null ? value : $"{_cookies}; {value}";
        else headers.AddReceived(name, value);
        return true;
    }

    private void AddPseudo(Http2PseudoField pseudo, in HpackField field)
    {
        switch (pseudo)
        {
            case Http2PseudoField.Method:
                if (field.Value.Length > stream.Context.Limits.MaxRequestLineSize) RefusalStatus = 414;
                string known = MethodNames.GetName(_rules.Method);
                _method = known.Length > 0 ? known : received.Get(field.Value);
                break;
            case Http2PseudoField.Authority:
                _authority = GetText(field);
                break;
            case Http2PseudoField.Path:
                if (field.Value.Length > stream.Context.Limits.MaxRequestLineSize) RefusalStatus = 414;
                else _path = GetText(field);
                // Letters beyond ASCII are fewer than their bytes.
                _pathLength = _path.Length == field.Value.Length ? _rules.PathLength : _path.IndexOf('?');
                if (_pathLength < 0) _pathLength = _path.Length;
                LoadDecodedPath(field.Value);
                break;
            case Http2PseudoField.Scheme:
                _scheme = GetText(field);
                break;
            case Http2PseudoField.Protocol:
                Protocol = GetText(field);
                break;
        }
    }

    private void LoadDecodedPath(ReadOnlySpan<byte> value)
    {
        RequestFeature request = _exchange.Request;
        if (_rules.IsAsterisk)
        {
            request.Path = "";
            return;
        }
        if (!_rules.PathNeedsDecoding) return;
        if (PathDecoding.TryDecode(value[.._rules.PathLength], out string? decoded)) request.Path = decoded!;
        else Error = Http2Error.Stream(Http2ErrorCode.ProtocolError, "The :path contains an escaped NUL.");
    }

    private readonly void LoadTarget()
    {
        RequestFeature request = _exchange.Request;
        bool isConnect = _rules.Method == KnownMethod.Connect && !_rules.IsExtendedConnect;
        request.RawTarget = isConnect ? _authority : _path;
        request.QueryString = "";
        if (isConnect) request.Path = "";
        if (isConnect || _rules.IsAsterisk) return;
        if (_pathLength < _path.Length) request.QueryString = _path[_pathLength..];
        if (_rules.PathNeedsDecoding) return;
        request.Path = _pathLength == _path.Length ? _path : _path[.._pathLength];
    }

    /// <summary>The text of a value that is ASCII; kept with a table's entry, so that it is made once.</summary>
    private readonly string GetText(in HpackField field)
    {
        if (field.Entry is not { } entry) return received.Get(field.Value);
        if (entry.Text is string text) return text;
        text = received.Get(field.Value);
        entry.Text = text;
        return text;
    }

    private readonly bool TryGetText(string name, in HpackField field, out string text)
    {
        // Entries may be shared by servers that read them differently.
        if (field.Entry is not { } entry || received.HasOwnEncodings)
            return received.TryGetValue(name, field.Value, out text);
        if (entry.Text is string kept)
        {
            text = kept;
            return true;
        }
        if (!received.TryGetValue(name, field.Value, out text)) return false;
        entry.Text = text;
        return true;
    }
}
