using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

public sealed class Http2RequestRulesTests
{
    private const string Get = ":method: GET|:scheme: https|:path: /|:authority: a.b";
    private const string Connect = ":method: CONNECT|:authority: a.b:443";
    private const string Extended = ":method: CONNECT|:protocol: websocket|:scheme: https|:path: /c|:authority: a";

    [Theory]
    [InlineData(Get)]
    [InlineData(":authority: a.b|:path: /|:scheme: https|:method: GET")] // any order
    [InlineData(":method: GET|:scheme: http|:path: /?a=b&c|host: a.b:80")] // Host alone
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: A.b|host: a.B:443")] // the same, written otherwise
    [InlineData(":method: GET|:scheme: http|:path: /|:authority: [::1]:8080|host: [::1]:8080")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: [::1]|host: [::1]:443")]
    [InlineData(":method: OPTIONS|:scheme: https|:path: *|:authority: a.b")]
    [InlineData(":method: OPTIONS|:scheme: https|:path: /x|:authority: a.b")]
    [InlineData(":method: MKCOL|:scheme: https|:path: /|:authority: a.b")]
    [InlineData(":method: GET|:scheme: git+ssh|:path: /|:authority: a.b")]
    [InlineData(Get + "|te: trailers|cookie: a=b|cookie: c=d|x-any: |x: a\tb c")]
    [InlineData(Get + "|content-length: 0")]
    [InlineData(Get + "|expect: 100-continue|priority: u=1")]
    [InlineData(Get + "|accept-language: \u00e4\u00ff")]
    [InlineData(":method: GET|:scheme: https|:path: /a?path=C:\\temp|:authority: a.b")]
    [InlineData(Connect)]
    [InlineData(Extended)]
    public void Sound_requests_are_accepted(string lines) => Assert.Equal("", Read(lines));

    [Theory]
    // pseudo-headers: those that are needed, once, first, known, not empty
    [InlineData(":scheme: https|:path: /|:authority: a.b", "no :method")]
    [InlineData(":method: GET|:path: /|:authority: a.b", "no :scheme")]
    [InlineData(":method: GET|:scheme: https|:authority: a.b", "no :path")]
    [InlineData(":method: GET|:scheme: https|:path: /", "neither :authority nor Host")]
    [InlineData(Get + "|:method: GET", "repeated")]
    [InlineData(Get + "|:authority: a.b", "repeated")]
    [InlineData(":method: GET|x: y|:scheme: https|:path: /|:authority: a.b", "follows a regular")]
    [InlineData(Get + "|:status: 200", "not valid in a request")]
    [InlineData(Get + "|:Path: /", "not valid in a request")]
    [InlineData(Get + "|:: x", "not valid in a request")]
    [InlineData(":method: |:scheme: https|:path: /|:authority: a.b", ":method is not a token")]
    [InlineData(":method: GE T|:scheme: https|:path: /|:authority: a.b", ":method is not a token")]
    [InlineData(":method: GET\r\n|:scheme: https|:path: /|:authority: a.b", ":method is not a token")]
    [InlineData(":method: GET|:scheme: |:path: /|:authority: a.b", ":scheme is malformed")]
    [InlineData(":method: GET|:scheme: 1http|:path: /|:authority: a.b", ":scheme is malformed")]
    [InlineData(":method: GET|:scheme: http://x|:path: /|:authority: a.b", ":scheme is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: |:authority: a.b", "slash")]
    [InlineData(":method: GET|:scheme: https|:path: http://a.b/|:authority: a.b", "slash")]
    [InlineData(":method: GET|:scheme: https|:path: **|:authority: a.b", "slash")]
    [InlineData(":method: GET|:scheme: https|:path: *|:authority: a.b", "OPTIONS only")]
    [InlineData(":method: GET|:scheme: https|:path: /a b|:authority: a.b", ":path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /#f|:authority: a.b", ":path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /a\\b|:authority: a.b", ":path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /\u0000|:authority: a.b", ":path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /?\r\nx: y|:authority: a.b", ":path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /\u00e4|:authority: a.b", ":path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: ", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: u@a.b", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: a.b:99999", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: a.b/c", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: a b", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: %zz", ":authority is not a host")]
    // CONNECT, plain and extended
    [InlineData(":method: CONNECT|:scheme: https|:path: /|:authority: a.b:443", "CONNECT has a")]
    [InlineData(":method: CONNECT|:authority: a.b", "requires a host and a port")]
    [InlineData(":method: CONNECT", "requires a host and a port")]
    [InlineData(Get + "|:protocol: websocket", "without CONNECT")]
    [InlineData(":method: CONNECT|:protocol: websocket|:path: /|:authority: a", "no :scheme")]
    [InlineData(":method: CONNECT|:protocol: websocket|:scheme: https|:authority: a", "no :path")]
    [InlineData(":method: CONNECT|:protocol: websocket|:scheme: https|:path: /|host: a", "no :authority")]
    [InlineData(":method: CONNECT|:protocol: |:scheme: https|:path: /|:authority: a", ":protocol is not a token")]
    [InlineData(":method: CONNECT|:protocol: a b|:scheme: https|:path: /|:authority: a", ":protocol is not a token")]
    [InlineData(":method: CONNECT|:protocol: ws|:scheme: https|:path: *|:authority: a", "OPTIONS only")]
    // fields
    [InlineData(Get + "|X-Upper: a", "lowercase")]
    [InlineData(Get + "|Host: a.b", "lowercase")]
    [InlineData(Get + "|: a", "lowercase")]
    [InlineData(Get + "|x y: a", "lowercase")]
    [InlineData(Get + "|x\r\n: a", "lowercase")]
    [InlineData(Get + "|x(: a", "lowercase")]
    [InlineData(Get + "|\u00e4: a", "lowercase")]
    [InlineData(Get + "|x: a\r\nhost: evil", "control character")]
    [InlineData(Get + "|x: a\nb", "control character")]
    [InlineData(Get + "|x: a\u0000", "control character")]
    [InlineData(Get + "|x: a\u007f", "control character")]
    [InlineData(Get + "|x:  a", "whitespace")]
    [InlineData(Get + "|x: a ", "whitespace")]
    [InlineData(Get + "|x: \ta", "whitespace")]
    [InlineData(Get + "|x: a\t", "whitespace")]
    [InlineData(Get + "|connection: close", "HTTP/1.1")]
    [InlineData(Get + "|keep-alive: 5", "HTTP/1.1")]
    [InlineData(Get + "|proxy-connection: keep-alive", "HTTP/1.1")]
    [InlineData(Get + "|transfer-encoding: chunked", "HTTP/1.1")]
    [InlineData(Get + "|upgrade: h2c", "HTTP/1.1")]
    [InlineData(Get + "|te: gzip", "TE has a value")]
    [InlineData(Get + "|te: trailers, gzip", "TE has a value")]
    [InlineData(Get + "|te: ", "TE has a value")]
    [InlineData(Get + "|host: other", "differs")]
    [InlineData(Get + "|host: a.b:80", "differs")] // of https
    [InlineData(Get + "|host: a.b|host: a.b", "more than one Host")]
    [InlineData(Get + "|host: ", "Host field is malformed")]
    [InlineData(Get + "|host: a.b/c", "Host field is malformed")]
    [InlineData(Get + "|content-length: +5", "Content-Length is malformed")]
    [InlineData(Get + "|content-length: ", "Content-Length is malformed")]
    [InlineData(Get + "|content-length: 5, 5", "Content-Length is malformed")]
    [InlineData(Get + "|content-length: 9223372036854775808", "Content-Length is malformed")]
    [InlineData(Get + "|content-length: 5|content-length: 5", "more than one Content-Length")]
    [InlineData(Get + "|content-length: 5", "ends before")] // with END_STREAM
    public void Malformed_requests_are_refused(string lines, string reason) =>
        Assert.Contains(reason, Read(lines), StringComparison.Ordinal);

    [Fact]
    public void Announced_content_may_follow()
    {
        var rules = new Http2RequestRules();
        Assert.True(SectionReader.Read((Get + "|content-length: 5").Split('|'), ref rules, endStream: false).IsNone);
        Assert.Equal(5, rules.ContentLength);
    }

    [Fact]
    public void Extended_connect_must_have_been_offered()
    {
        var rules = new Http2RequestRules { AllowsExtendedConnect = false };
        Assert.Contains("not offered", SectionReader.Read(Extended.Split('|'), ref rules).Reason);
    }

    [Theory]
    [InlineData("http", true, false)]
    [InlineData("HTTPS", false, true)]
    [InlineData("ftp", false, false)]
    public void The_scheme_can_be_that_of_the_transport(string scheme, bool fitsPlain, bool fitsTls)
    {
        string[] lines = [":method: GET", $":scheme: {scheme}", ":path: /", ":authority: a"];
        var plain = new Http2RequestRules { RequiredScheme = Http2Scheme.Http };
        var tls = new Http2RequestRules { RequiredScheme = Http2Scheme.Https };
        Assert.Equal(fitsPlain, SectionReader.Read(lines, ref plain).IsNone);
        Assert.Equal(fitsTls, SectionReader.Read(lines, ref tls).IsNone);
    }

    [Fact]
    public void What_a_request_is_can_be_read()
    {
        var rules = new Http2RequestRules();
        string[] lines =
        [
            ":method: PATCH", ":scheme: http", ":path: /a/../b%20?q=/.%", ":authority: a", "host: a",
            "content-length: 12", "expect: 100-Continue", "priority: u=1", "priority: i",
        ];
        Assert.True(SectionReader.Read(lines, ref rules, endStream: false).IsNone);

        Assert.Equal((KnownMethod.Patch, Http2Scheme.Http), (rules.Method, rules.Scheme));
        Assert.Equal("/a/../b%20".Length, rules.PathLength);
        Assert.True(rules.PathNeedsDecoding);
        Assert.True(rules.HasAuthority && rules.HasHost);
        Assert.False(rules.IsAsterisk || rules.IsExtendedConnect || rules.HasUnknownExpectation);
        Assert.True(rules.ExpectsContinue);
        Assert.Equal(new Http2Priority(1, true, true), rules.Priority);
    }

    [Fact]
    public void What_is_absent_is_told()
    {
        var rules = default(Http2RequestRules);
        Assert.True(SectionReader.Read(
            [":method: MKCOL", ":scheme: x", ":path: /a?b.c%", ":authority: a", "expect: x"], ref rules).IsNone);

        Assert.Equal((KnownMethod.Custom, Http2Scheme.Other), (rules.Method, rules.Scheme));
        Assert.False(rules.PathNeedsDecoding);
        Assert.False(rules.HasHost || rules.ExpectsContinue);
        Assert.True(rules.HasUnknownExpectation);
        Assert.Null(rules.ContentLength);
        Assert.Equal(Http2Priority.Default, rules.Priority);
    }

    [Fact]
    public void A_mistake_in_one_priority_spoils_the_field()
    {
        var rules = new Http2RequestRules();
        Assert.True(SectionReader.Read((Get + "|priority: u=|priority: u=1").Split('|'), ref rules).IsNone);
        Assert.Equal(Http2Priority.Default, rules.Priority);
    }

    [Fact]
    public void Asterisk_and_extended_connect_are_told()
    {
        var options = new Http2RequestRules();
        SectionReader.Read([":method: OPTIONS", ":scheme: http", ":path: *", ":authority: a"], ref options);
        Assert.True(options.IsAsterisk);
        var connect = new Http2RequestRules { AllowsExtendedConnect = true };
        Assert.True(SectionReader.Read(Extended.Split('|'), ref connect).IsNone);
        Assert.True(connect.IsExtendedConnect);
    }

    [Theory]
    [InlineData(":method: GET|:scheme: https|:path: /a\\b#c?d#e|:authority: a.b", "The :path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: /\u00c3\u00a4?\u00c3\u00a4|:authority: a.b", "The :path is mal")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: ", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: |host: ", ":authority is not a host")]
    [InlineData(":method: GET|:scheme: https|:path: /|host: ", "Host field is malformed")]
    public void Lenient_accepts_what_strict_does_not(string lines, string reason)
    {
        Assert.Contains(reason, Read(lines), StringComparison.Ordinal);
        Assert.Equal("", Read(lines, HttpStrictness.Lenient));
    }

    [Theory]
    [InlineData(":method: GET|:scheme: https|:path: /\u00e4|:authority: a.b", "The :path is malformed")] // no UTF-8
    [InlineData(":method: GET|:scheme: https|:path: /\u0001#|:authority: a.b", "The :path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: / #|:authority: a.b", "The :path is malformed")]
    [InlineData(":method: GET|:scheme: https|:path: \\|:authority: a.b", "start with a slash")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: |:authority: a", "repeated")]
    [InlineData(":method: CONNECT|:authority: ", "host and a port")]
    [InlineData(":method: CONNECT|:protocol: a|:scheme: http|:path: /|:authority: ", "no :authority")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: |host: a", "differs")]
    [InlineData(":method: GET|:scheme: https|:path: /|:authority: a|host: ", "differs")]
    [InlineData(Get + "|connection: close", "specific to HTTP/1.1")]
    public void Lenient_is_not_careless(string lines, string reason) =>
        Assert.Contains(reason, Read(lines, HttpStrictness.Lenient), StringComparison.Ordinal);

    [Fact]
    public void Lenient_parts_a_path_where_it_is_parted_and_ignores_what_nobody_expects()
    {
        var rules = new Http2RequestRules { Strictness = HttpStrictness.Lenient };
        string[] lines = [":method: GET", ":scheme: http", ":path: /a\\#\u00c3\u00a4?b", ":authority: ", "expect: x"];
        Assert.True(SectionReader.Read(lines, ref rules).IsNone);
        Assert.Equal(6, rules.PathLength);
        Assert.True(rules.PathNeedsDecoding);
        Assert.False(rules.HasUnknownExpectation);
    }

    private static string Read(string lines, HttpStrictness strictness = HttpStrictness.Strict)
    {
        var rules = new Http2RequestRules { AllowsExtendedConnect = true, Strictness = strictness };
        Http2Error error = SectionReader.Read(lines.Split('|'), ref rules);
        if (error.IsNone) return "";
        Assert.Equal((Http2ErrorCode.ProtocolError, Http2ErrorScope.Stream), (error.Code, error.Scope));
        return error.Reason;
    }
}
