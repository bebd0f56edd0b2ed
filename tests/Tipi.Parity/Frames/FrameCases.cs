using static Tipi.Parity.Frames.Say;

namespace Tipi.Parity.Frames;

/// <summary>Frames in order and out of order.</summary>
internal static class FrameCases
{
    private static readonly int[] s_none = [];
    private static readonly int[] s_first = [1];

    internal static IReadOnlyList<FrameCase> All { get; } =
    [
        .. Beginnings(), .. Places(), .. Sizes(), .. Settled(), .. Windows(), .. Lives(), .. Blocks(), .. Compressed(),
    ];

    private static FrameCase Fails(string name, params byte[][] frames) => new(name, s_none, frames);

    private static FrameCase Answers(string name, params byte[][] frames) => new(name, s_first, frames);

    private static FrameCase Raw(string name, params byte[][] frames) => new(name, s_none, frames) { IsRaw = true };

    private static IEnumerable<FrameCase> Beginnings() =>
    [
        Answers("begin: request", Headers(1)),
        Raw("begin: HTTP/1.1 instead", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray()),
        Raw("begin: neither HTTP/1 nor HTTP/2", "0123456789012345678901234567890123456789"u8.ToArray()),
        Raw("begin: malformed preface", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"u8.ToArray()),
        Raw("begin: PING before SETTINGS", Preface, Ping()),
        Raw("begin: HEADERS before SETTINGS", Preface, Headers(1)),
        Raw("begin: ACK before SETTINGS", Preface, Any(Frame.Settings, 1, 0)),
        Answers("begin: SETTINGS twice", Settings((3, 7)), Headers(1)),
    ];

    private static IEnumerable<FrameCase> Places() =>
    [
        Fails("place: DATA without a stream", Data(0, "a")),
        Fails("place: HEADERS without a stream", Headers(0)),
        Fails("place: PRIORITY without a stream", Any(Frame.Priority, 0, 0, 0, 0, 0, 0, 1)),
        Fails("place: RST_STREAM without a stream", Reset(0)),
        Fails("place: CONTINUATION without a stream", Any(Frame.Continuation, 4, 0)),
        Fails("place: SETTINGS on a stream", Any(Frame.Settings, 0, 1)),
        Fails("place: PING on a stream", Any(Frame.Ping, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8)),
        Fails("place: GOAWAY on a stream", Any(Frame.GoAway, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)),
        Fails("place: HEADERS on an even stream", Headers(2)),
        Fails("place: DATA on an even stream", Data(2, "a")),
        Fails("place: RST_STREAM on an even stream", Reset(2)),
        Fails("place: WINDOW_UPDATE on an even stream", Grant(2, 1)),
        Fails("place: PUSH_PROMISE", Any(Frame.Push, 4, 1, 0, 0, 0, 2)),
        Answers("place: unknown frame", Any(0x77, 0, 0, 1), Any(0x77, 0xFF, 5, 1), Headers(1)),
        Answers("place: PING ACK that nobody asked for", Any(Frame.Ping, 1, 0, 9, 2, 3, 4, 5, 6, 7, 8), Headers(1)),
        Answers("place: SETTINGS ACK that nobody asked for", Any(Frame.Settings, 1, 0), Headers(1)),
        Answers("place: PRIORITY of an idle stream", Any(Frame.Priority, 0, 9, 0, 0, 0, 0, 1), Headers(1)),
        Fails("place: PRIORITY of a stream that depends on itself", Any(Frame.Priority, 0, 9, 0, 0, 0, 9, 1)),
        Fails("place: HEADERS of a stream that depends on itself",
            Any(Frame.Headers, 0x25, 1, [0, 0, 0, 1, 1, .. Block(Get)])),
        Answers("place: HEADERS with priority", Any(Frame.Headers, 0x25, 1, [0, 0, 0, 3, 1, .. Block(Get)])),
        Answers("place: HEADERS with padding", Any(Frame.Headers, 0xD, 1, [2, .. Block(Get), 0, 0])),
    ];

    private static IEnumerable<FrameCase> Sizes() =>
    [
        Fails("size: DATA above the limit", Headers(1, Post, end: false), Any(Frame.Data, 1, 1, new byte[16_385])),
        Answers("size: DATA at the limit", Headers(1, Post, end: false), Any(Frame.Data, 1, 1, new byte[16_384])),
        Fails("size: HEADERS above the limit", Any(Frame.Headers, 5, 1, new byte[16_385])),
        Fails("size: PING above the limit", Any(Frame.Ping, 0, 0, new byte[16_385])),
        Fails("size: unknown frame above the limit", Any(0x77, 0, 0, new byte[16_385])),
        Fails("size: PING of 7", Any(Frame.Ping, 0, 0, new byte[7])),
        Fails("size: PING of 9", Any(Frame.Ping, 0, 0, new byte[9])),
        Fails("size: SETTINGS of 5", Any(Frame.Settings, 0, 0, new byte[5])),
        Fails("size: SETTINGS ACK with a payload", Any(Frame.Settings, 1, 0, new byte[6])),
        Fails("size: GOAWAY of 7", Any(Frame.GoAway, 0, 0, new byte[7])),
        Fails("size: WINDOW_UPDATE of 3", Any(Frame.WindowUpdate, 0, 0, new byte[3])),
        Fails("size: RST_STREAM of 3", Headers(1, Hold), Any(Frame.Reset, 0, 1, new byte[3])),
        Fails("size: PRIORITY of 4", Any(Frame.Priority, 0, 1, new byte[4])),
        Fails("size: HEADERS too short for its priority", Any(Frame.Headers, 0x25, 1, new byte[4])),
        Fails("size: HEADERS with too much padding", Any(Frame.Headers, 0xD, 1, 9, 0x82)),
        Fails("size: DATA with too much padding", Headers(1, Post, end: false), Any(Frame.Data, 9, 1, 9, 0)),
        Fails("size: DATA with padding and no length of it", Headers(1, Post, end: false), Any(Frame.Data, 9, 1)),
        Answers("size: DATA with padding", Headers(1, Post, end: false), Any(Frame.Data, 9, 1, 2, 65, 0, 0)),
    ];

    private static IEnumerable<FrameCase> Settled() =>
    [
        Fails("settings: ENABLE_PUSH 2", Settings((2, 2))),
        Answers("settings: ENABLE_PUSH 1", Settings((2, 1)), Headers(1)),
        Fails("settings: INITIAL_WINDOW_SIZE 2^31", Settings((4, int.MinValue))),
        Fails("settings: MAX_FRAME_SIZE 16,383", Settings((5, 16_383))),
        Fails("settings: MAX_FRAME_SIZE 2^24", Settings((5, 1 << 24))),
        Answers("settings: MAX_FRAME_SIZE 2^24 - 1", Settings((5, (1 << 24) - 1)), Headers(1)),
        Answers("settings: HEADER_TABLE_SIZE 0", Settings((1, 0)), Headers(1)),
        Answers("settings: HEADER_TABLE_SIZE 2^31", Settings((1, int.MinValue)), Headers(1)),
        Answers("settings: MAX_CONCURRENT_STREAMS 0", Settings((3, 0)), Headers(1)),
        Answers("settings: MAX_HEADER_LIST_SIZE 1", Settings((6, 1)), Headers(1)),
        Answers("settings: unknown", Settings((0x77, 5)), Headers(1)),
        Fails("settings: a stream's window overflows",
            Headers(1, Hold), Grant(1, int.MaxValue - 65_535), Settings((4, 65_536))),
    ];

    private static IEnumerable<FrameCase> Windows() =>
    [
        Fails("window: update of 0 for the connection", Grant(0, 0)),
        Fails("window: update of 0 for a stream", Headers(1, Hold), Grant(1, 0)),
        Fails("window: overflow of the connection", Grant(0, int.MaxValue)),
        Answers("window: overflow of a stream", Headers(1, Hold), Grant(1, int.MaxValue)),
        Fails("window: update of an idle stream", Grant(1, 1)),
        Answers("window: update of an answered stream", Headers(1), Grant(1, 1)),
        Answers("window: of a stream is exceeded",
            [Headers(1, ":method: POST|:scheme: http|:path: /hold|:authority: a", end: false),
                .. Enumerable.Repeat(Any(Frame.Data, 0, 1, new byte[16_384]), 50)]),
        Fails("window: of the connection is exceeded",
            [Headers(1, ":method: POST|:scheme: http|:path: /hold|:authority: a", end: false),
                Headers(3, ":method: POST|:scheme: http|:path: /hold|:authority: a", end: false),
                .. Enumerable.Repeat(Any(Frame.Data, 0, 1, new byte[16_384]), 40),
                .. Enumerable.Repeat(Any(Frame.Data, 0, 3, new byte[16_384]), 40)]),
    ];

    private static IEnumerable<FrameCase> Lives() =>
    [
        Fails("state: DATA on an idle stream", Data(1, "a")),
        Fails("state: RST_STREAM on an idle stream", Reset(1)),
        Fails("state: CONTINUATION on an idle stream", Any(Frame.Continuation, 4, 1)),
        Fails("state: DATA after the end", Headers(1, Hold), Data(1, "a")),
        Fails("state: HEADERS after the end", Headers(1, Hold), Headers(1, "a: b")),
        Fails("state: trailers that do not end",
            Headers(1, ":method: POST|:scheme: http|:path: /hold|:authority: a", end: false),
            Headers(1, "a: b", end: false)),
        Answers("state: trailers", Headers(1, Post, end: false), Data(1, "a", end: false), Headers(1, "a: b")),
        Fails("state: a lower stream", Headers(5, Hold), Headers(3, Hold)),
        Answers("state: higher streams", Headers(1), Headers(77)) with { Streams = [1, 77] },
        Answers("state: PING is answered", Ping(), Headers(1)),
        Answers("state: request after GOAWAY",
            Any(Frame.GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), Headers(1)) with { IsLast = true },
        Fails("state: GOAWAY on an idle connection",
            Any(Frame.GoAway, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)) with { IsLast = true },
        Fails("state: a stream that is reset", Headers(1, Hold), Reset(1)),
        Fails("state: RST_STREAM twice", Headers(1, Hold), Reset(1), Reset(1)),
        Fails("state: DATA after RST_STREAM",
            Headers(1, ":method: POST|:scheme: http|:path: /hold|:authority: a", end: false), Reset(1), Data(1, "a")),
        new("state: a stream more than allowed", [21],
            [.. Enumerable.Range(0, 10).Select(i => Headers(i * 2 + 1, Hold)), Headers(21)]),
    ];

    private static IEnumerable<FrameCase> Blocks() =>
    [
        Answers("block: in pieces", Any(Frame.Headers, 1, 1, Block(Get)[..9]),
            Any(Frame.Continuation, 0, 1, Block(Get)[9..20]), Any(Frame.Continuation, 4, 1, Block(Get)[20..])),
        Answers("block: last piece is empty", Any(Frame.Headers, 1, 1, Block(Get)), Any(Frame.Continuation, 4, 1)),
        Fails("block: CONTINUATION of another stream",
            Any(Frame.Headers, 1, 1, Block(Get)), Any(Frame.Continuation, 4, 3)),
        Fails("block: CONTINUATION after the end", Headers(1), Any(Frame.Continuation, 4, 1)),
        Fails("block: HEADERS in between", Any(Frame.Headers, 1, 1, Block(Get)), Headers(3)),
        Fails("block: DATA in between", Any(Frame.Headers, 0, 1, Block(Get)), Data(1, "a")),
        Fails("block: PING in between", Any(Frame.Headers, 1, 1, Block(Get)), Ping()),
        Fails("block: unknown frame in between", Any(Frame.Headers, 1, 1, Block(Get)), Any(0x77, 0, 0)),
        Fails("block: no end of pieces", [Any(Frame.Headers, 1, 1, Block(Get)),
            .. Enumerable.Repeat(Any(Frame.Continuation, 0, 1, Block("a: " + new string('b', 10_000))), 8)]),
    ];

    private static IEnumerable<FrameCase> Compressed() =>
    [
        Fails("compression: index 0", Any(Frame.Headers, 5, 1, 0x80)),
        Fails("compression: index beyond the tables", Any(Frame.Headers, 5, 1, 0xFF, 0x40)),
        Fails("compression: integer too large", Any(Frame.Headers, 5, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F)),
        Fails("compression: cut off", Any(Frame.Headers, 5, 1, [.. Block(Get), 0, 9, 65])),
        Fails("compression: bad Huffman code",
            Any(Frame.Headers, 5, 1, [.. Block(Get), 0, 1, 65, 0x84, 0xFF, 0xFF, 0xFF, 0xFF])),
        Fails("compression: bad Huffman padding", Any(Frame.Headers, 5, 1, [.. Block(Get), 0, 1, 65, 0x81, 0x18])),
        Answers("compression: table size 0", Any(Frame.Headers, 5, 1, [0x20, .. Block(Get)])),
        Fails("compression: table size above the limit",
            Any(Frame.Headers, 5, 1, [0x3F, 0xE2, 0x1F, .. Block(Get)])),
        Fails("compression: table size after a field", Any(Frame.Headers, 5, 1, [.. Block(Get), 0x20])),
        Fails("compression: bad block on a stream too many",
            [.. Enumerable.Range(0, 10).Select(i => Headers(i * 2 + 1, Hold)), Any(Frame.Headers, 5, 21, 0x80)]),
    ];
}
