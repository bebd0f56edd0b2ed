using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

/// <summary>Nearly right frames and requests.</summary>
public sealed class Http2FuzzTests
{
    private static readonly string[] s_lines =
    [
        ":method: GET", ":method: POST", ":method: CONNECT", ":method: OPTIONS", ":scheme: https", ":scheme: http",
        ":path: /", ":path: /a?b", ":path: *", ":path: /%2e/..", ":authority: a.b", ":authority: a.b:443",
        ":authority: [::1]:8", ":protocol: websocket", "host: a.b", "host: a.b:443", "content-length: 0",
        "content-length: 5", "x: ", "x: y", "x-y: a\tb", "te: trailers", "expect: 100-continue", "cookie: a=b",
        "connection: close", "transfer-encoding: chunked", "upgrade: h2c", "priority: u=1, i",
    ];

    private static readonly string[] s_insertions =
        ["\r\n", "\n", "\r", "\0", " ", "\t", ":", "A", ",", "@", "\r\n\r\n", "chunked", "\u00e4", "#", "%", "/"];

    // Frames of any bytes: what the rules accept is read without an exception.
    [Fact]
    public void Any_frame_gets_an_answer() => Fuzz.Run(random =>
    {
        byte[] bytes = new byte[Http2FrameHeader.Size + random.Next(20)];
        random.NextBytes(bytes);
        (bytes[0], bytes[1], bytes[2]) = (0, 0, (byte)(bytes.Length - Http2FrameHeader.Size));
        bytes[3] = (byte)(random.Next(8) == 0 ? bytes[3] : random.Next(18));
        if (random.Next(2) == 0) bytes.AsSpan(5, 3).Clear();
        if (random.Next(3) == 0) bytes[8] = 0;
        Http2FrameHeader header = Http2FrameHeader.Parse(bytes);
        Http2FrameRules.CheckOrder(header, random.Next(2));
        if (!Http2FrameRules.Check(header, 16_384).IsNone) return;
        ReadOnlySpan<byte> payload = bytes.AsSpan(Http2FrameHeader.Size);
        Http2Error error = header.Type switch
        {
            Http2FrameType.Data => Http2Payload.ReadData(header, payload, out _),
            Http2FrameType.Headers => Http2Payload.ReadHeaders(header, payload, out _, out _),
            Http2FrameType.Priority => Http2Payload.ReadPriority(header, payload, out _),
            Http2FrameType.RstStream => Http2Payload.ReadRstStream(payload, out _),
            Http2FrameType.Settings => new Http2Settings().Apply(payload),
            Http2FrameType.Ping => Http2Payload.ReadPing(payload, out _),
            Http2FrameType.GoAway => Http2Payload.ReadGoAway(payload, out _, out _),
            Http2FrameType.WindowUpdate => Http2Payload.ReadWindowUpdate(header, payload, out _),
            Http2FrameType.PriorityUpdate => Http2Payload.ReadPriorityUpdate(payload, out _, out _),
            _ => default,
        };
        Assert.Equal(error.IsNone, error.Reason is null);
    });

    // The other judge is the parser of HTTP/1.1: an accepted request, written as one, is exactly that request there.
    [Fact]
    public void An_accepted_request_smuggles_nothing_into_HTTP_1() => Fuzz.Run(random =>
    {
        List<(string Name, string Value)> fields = Next(random);
        var rules = new Http2RequestRules { AllowsExtendedConnect = true };
        if (!SectionReader.Read(fields, ref rules, endStream: false).IsNone) return;
        if (rules.IsExtendedConnect || rules.HasUnknownExpectation) return; // no counterpart there
        byte[] translated = Translate(fields, out int count);
        var head = new RequestHead();
        ParseStatus status = Http1RequestParser.TryParse(
            translated, Http1Limits.Default, head, out ProtocolError error);

        Assert.True(status == ParseStatus.Complete, $"{error.Code}: {Encoding.Latin1.GetString(translated)}");
        Assert.Equal((translated.Length, count), (head.Length, head.FieldCount));
        Assert.Equal(rules.ContentLength, head.ContentLength);
        Assert.Equal(rules.Method, head.Method);
        Assert.Equal(rules.PathLength, head.PathRange.Length);
        Assert.Equal(rules.PathNeedsDecoding, head.PathNeedsDecoding);
    });

    [Fact]
    public void Sound_requests_are_among_those() // otherwise the test above could look at nothing
    {
        int accepted = 0;
        for (int seed = 0; seed < 20_000; seed++)
        {
            var rules = new Http2RequestRules { AllowsExtendedConnect = true };
            if (SectionReader.Read(Next(new Random(seed)), ref rules, endStream: false).IsNone) accepted++;
        }

        Assert.InRange(accepted, 1_000, 19_000);
    }

    private static List<(string Name, string Value)> Next(Random random)
    {
        List<string> lines = random.Next(6) == 0
            ? [":method: CONNECT", ":authority: a.b:443"]
            : [":method: GET", ":scheme: https", ":path: /a", ":authority: a.b"];
        for (int more = random.Next(4); more > 0; more--)
            lines.Insert(random.Next(3) == 0 ? random.Next(lines.Count) : lines.Count,
                s_lines[random.Next(random.Next(2) == 0 ? 14 : 0, s_lines.Length)]);
        if (random.Next(6) == 0) lines.RemoveAt(random.Next(lines.Count));
        List<(string Name, string Value)> fields = [.. lines.Select(SectionReader.Split)];
        for (int changes = random.Next(3); changes > 0; changes--)
        {
            int at = random.Next(fields.Count);
            string insertion = s_insertions[random.Next(s_insertions.Length)];
            (string name, string value) = fields[at];
            fields[at] = random.Next(3) == 0
                ? (name.Insert(random.Next(name.Length + 1), insertion), value)
                : (name, value.Insert(random.Next(value.Length + 1), insertion));
        }

        return fields;
    }

    private static byte[] Translate(List<(string Name, string Value)> fields, out int count)
    {
        string? Pseudo(string name) => fields.FirstOrDefault(field => field.Name == name).Value;
        string method = Pseudo(":method")!;
        string? authority = Pseudo(":authority");
        var text = new StringBuilder();
        text.Append(method).Append(' ').Append(method == "CONNECT" ? authority : Pseudo(":path"));
        text.Append(" HTTP/1.1\r\n");
        if (authority is not null) text.Append("Host: ").Append(authority).Append("\r\n");
        var regular = fields
            .Where(field => field.Name[0] != ':' && (field.Name != "host" || authority is null))
            .ToList();
        foreach ((string name, string value) in regular) text.Append($"{name}: {value}\r\n");
        count = regular.Count + (authority is null ? 0 : 1);
        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }
}
