using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using Tipi.Tests.Cases;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>Every case of the shared table, cut in every way.</summary>
public sealed class RequestCasesTests
{
    private static readonly byte[][] s_tails =
    [
        "GET / HTTP/1.1\r\nHost: b\r\n\r\n"u8.ToArray(), "\0"u8.ToArray(), "\r\n"u8.ToArray(), " x: y\r\n"u8.ToArray(),
        Enumerable.Repeat((byte)0xFF, 64).ToArray(),
    ];

    public static TheoryData<string> Names => new(RequestCases.Names);

    [Fact]
    public void Names_are_unique() => Assert.Distinct(RequestCases.Names);

    [Theory]
    [MemberData(nameof(Names))]
    public void Whole_gives_the_wanted_answer(string name)
    {
        RequestCase one = RequestCases.Find(name);
        Outcome outcome = Whole(one.Bytes);
        if (one.IsAccepted)
        {
            Assert.Equal((ParseStatus.Complete, ProtocolErrorCode.None), (outcome.Status, outcome.Code));
            Assert.Equal(one.Text.Length, outcome.Consumed);
            return;
        }

        Assert.Equal(ParseStatus.Invalid, outcome.Status);
        Assert.Equal(one.Status, new ProtocolError(outcome.Code).StatusCode);
        Assert.Equal(one.InBody, outcome.InBody);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Byte_by_byte_gives_the_same(string name)
    {
        byte[] data = RequestCases.Find(name).Bytes;
        Assert.Equal(Whole(data), RequestFeeder.Run(data, Enumerable.Range(0, data.Length + 1)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_one_cut_gives_the_same(string name)
    {
        byte[] data = RequestCases.Find(name).Bytes;
        Outcome whole = Whole(data);
        int step = StepOf(data);
        for (int cut = 0; cut < data.Length; cut += step)
            Assert.Equal(whole, RequestFeeder.Run(data, [cut, data.Length]));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_tail_changes_nothing(string name)
    {
        RequestCase one = RequestCases.Find(name);
        Outcome whole = Whole(one.Bytes);
        foreach (byte[] tail in s_tails)
        {
            byte[] data = [.. one.Bytes, .. tail];
            Assert.Equal(whole, Whole(data));
            Assert.Equal(whole, RequestFeeder.Run(data, [one.Bytes.Length, data.Length]));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_prefix_never_contradicts_the_whole(string name)
    {
        byte[] data = RequestCases.Find(name).Bytes;
        Outcome whole = Whole(data);
        int step = StepOf(data);
        for (int length = 0; length < data.Length; length += step)
        {
            Outcome part = Whole(data[..length]);
            if (part.Status == ParseStatus.NeedMore) continue;
            Assert.Equal(whole, part);
        }
    }

    [Fact]
    public void Decoded_bodies_and_trailers_are_right()
    {
        Assert.Equal("hello!", Body("chunk: two"));
        Assert.Equal("0123456789", Body("chunk: size in upper case with zeros"));
        Assert.Equal("x", Body("chunk: extensions"));
        Assert.Equal("x|X-Sum=1|X-Other=", Body("chunk: trailers"));
        Assert.Equal("hello", Body("length with leading zeros"));
    }

    /// <summary>The long cases are long in the middle, where nothing changes.</summary>
    private static int StepOf(byte[] data) => data.Length > 2000 ? 61 : 1;

    private static string Body(string name) => Whole(RequestCases.Find(name).Bytes).Body;

    private static Outcome Whole(byte[] data) => RequestFeeder.Run(data, [data.Length]);
}
