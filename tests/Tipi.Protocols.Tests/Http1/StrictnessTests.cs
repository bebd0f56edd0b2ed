using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using Tipi.Tests.Cases;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>The two profiles: lenient takes nothing away from strict and moves none of its boundaries.</summary>
public sealed class StrictnessTests
{
    private static readonly Http1Limits s_lenient = new() { Strictness = HttpStrictness.Lenient };

    public static TheoryData<string> Names => new(StrictnessCases.Names);

    public static TheoryData<string> RequestNames => new(RequestCases.Names);

    [Fact]
    public void Names_are_unique() => Assert.Distinct(StrictnessCases.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_profile_gives_its_answer(string name)
    {
        StrictnessCase one = StrictnessCases.Find(name);
        Assert.Equal(one.Strict, StatusOf(Whole(one.Bytes, Http1Limits.Default)));
        Outcome lenient = Whole(one.Bytes, s_lenient);
        Assert.Equal(one.Lenient, StatusOf(lenient));
        if (one.Lenient == 0) Assert.Equal(one.Text.Length, lenient.Consumed);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Lenient_answers_do_not_depend_on_cuts(string name)
    {
        byte[] data = StrictnessCases.Find(name).Bytes;
        Outcome whole = Whole(data, s_lenient);
        Assert.Equal(whole, RequestFeeder.Run(data, Enumerable.Range(0, data.Length + 1), s_lenient));
        Assert.Equal(whole, Whole([.. data, .. "GET / HTTP/1.1\n"u8], s_lenient));
        int step = data.Length > 2000 ? 61 : 1;
        for (int cut = 0; cut < data.Length; cut += step)
            Assert.Equal(whole, RequestFeeder.Run(data, [cut, data.Length], s_lenient));
    }

    [Theory]
    [MemberData(nameof(RequestNames))]
    public void What_strict_accepts_is_the_same_leniently(string name)
    {
        byte[] data = RequestCases.Find(name).Bytes;
        Outcome strict = Whole(data, Http1Limits.Default);
        if (strict.Status == ParseStatus.Complete) Assert.Equal(strict, Whole(data, s_lenient));
    }

    [Fact]
    public void Whatever_strict_accepts_is_framed_alike_leniently() => Fuzz.Run(random =>
    {
        var mutator = new RequestMutator(random);
        byte[] data = [.. mutator.Next(), .. mutator.Tail()];
        Outcome strict = Whole(data, Http1Limits.Default);
        Outcome lenient = Whole(data, s_lenient);
        if (strict.Status == ParseStatus.Complete) Assert.Equal(strict, lenient);
        if (lenient.Status == ParseStatus.Invalid) Assert.NotEqual(ParseStatus.Complete, strict.Status);
        Assert.Equal(lenient, RequestFeeder.Run(data, mutator.Cuts(data.Length), s_lenient));
    });

    [Fact]
    public void Parts_of_a_target_stand_where_they_were()
    {
        byte[] data = "GET /a#b/../\\c?d#\\ HTTP/1.1\nHost:\n\n"u8.ToArray();
        RequestHead head = Parse(data, s_lenient);
        Assert.Equal("/a#b/../\\c"u8, head.PathRange.Of(data));
        Assert.Equal("?d#\\"u8, head.QueryRange.Of(data));
        Assert.True(head.PathNeedsDecoding);
        Assert.Equal(0, head.HostIndex);
    }

    [Fact]
    public void A_request_with_length_and_chunked_is_the_last_of_its_connection()
    {
        byte[] data = StrictnessCases.Find("length and chunked").Bytes;
        RequestHead head = Parse(data, s_lenient);
        Assert.Equal((BodyKind.Chunked, false), (head.Body.Kind, head.KeepAlive));
        Assert.Null(head.ContentLength);
    }

    [Fact]
    public void A_request_with_a_coding_under_chunked_is_not()
    {
        byte[] data = StrictnessCases.Find("coding under chunked").Bytes;
        RequestHead head = Parse(data, s_lenient);
        Assert.Equal((BodyKind.Chunked, true), (head.Body.Kind, head.KeepAlive));
    }

    [Theory]
    [InlineData("GET http://b:81/ HTTP/1.1\r\nHost: a\r\n\r\n", "b:81")]
    [InlineData("GET http://b HTTP/1.1\r\nHost: b:81\r\n\r\n", "b")]
    [InlineData("GET http://b/ HTTP/1.1\r\nHost: B:80\r\n\r\n", null)]
    public void A_target_may_win_over_host_where_the_limits_say_so(string text, string? host)
    {
        byte[] data = System.Text.Encoding.Latin1.GetBytes(text);
        RequestHead head = Parse(data, new Http1Limits { AllowHostOverride = true });
        Assert.Equal(host is not null, head.HostIsOverridden);
        if (host is not null) Assert.Equal(host, System.Text.Encoding.Latin1.GetString(head.AuthorityRange.Of(data)));
    }

    [Fact]
    public void The_target_of_CONNECT_does_not()
    {
        byte[] data = "CONNECT b:80 HTTP/1.1\r\nHost: a:80\r\n\r\n"u8.ToArray();
        Assert.Equal(400, StatusOf(Whole(data, new Http1Limits { AllowHostOverride = true })));
    }

    private static RequestHead Parse(byte[] data, Http1Limits limits)
    {
        var head = new RequestHead();
        Assert.Equal(ParseStatus.Complete, Http1RequestParser.TryParse(data, limits, head, out _));
        return head;
    }

    private static int StatusOf(Outcome outcome) => outcome.Status switch
    {
        ParseStatus.Complete => 0,
        ParseStatus.Invalid => new ProtocolError(outcome.Code).StatusCode,
        _ => throw new InvalidOperationException("The case is cut off."),
    };

    private static Outcome Whole(byte[] data, Http1Limits limits) => RequestFeeder.Run(data, [data.Length], limits);
}
