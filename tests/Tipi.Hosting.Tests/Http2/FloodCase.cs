namespace Tipi.Hosting.Tests.Http2;

/// <summary>
/// What costs the server only, as a piece to repeat: so many are within its patience, so many are beyond it.
/// </summary>
internal sealed record FloodCase(string Name, Func<int, byte[]> Piece, int Within, int Beyond)
{
    private const int Upload = 1;

    // 36 KB, where a request may have 32.
    private static readonly byte[] s_tooMuch =
        [.. Enumerable.Range(0, 3).SelectMany(_ => Foe.Field("a", new string('b', 12_000)))];

    /// <summary>What is sent once before.</summary>
    internal byte[] Start { get; init; } = [];

    /// <summary>Handlers that may run at the same time: of the streams that a client may open.</summary>
    internal int MostHandlers { get; init; } = 100;

    internal static IReadOnlyList<FloodCase> All { get; } =
    [
        // A stream that the client reset is none of its open ones; handlers may go on for as many again.
        new("rapid reset", i => [.. Foe.Get(Id(i), "/hold"), .. Foe.Reset(Id(i))], 100, 2000) { MostHandlers = 200 },
        new("a handler that works on", i => [.. Foe.Get(Id(i), "/work"), .. Foe.Reset(Id(i))], 50, 2000)
        {
            MostHandlers = 200,
        },
        Provoked("window update of 0", id => Foe.Update(id, 0)),
        Provoked("too large a window", id => Foe.Update(id, int.MaxValue)),
        Provoked("DATA after the end", id => [.. Foe.Data(id, 0, isEnd: true), .. Foe.Data(id, 1)]),
        Provoked("dependent on itself", id => Foe.Priority(id, id)),
        Provoked("PRIORITY of 4 bytes", id => Foe.Frame(FoeFrame.PriorityType, 0, id, 0, 0, 0, 0)),
        Provoked("trailers that do not end", id => Foe.Frame(FoeFrame.HeadersType, 4, id, Foe.Field("a", "b"))),
        Provoked("a pseudo-header field in trailers", id => Foe.Frame(FoeFrame.HeadersType, 5, id, 0x82)),
        Provoked("a malformed request", id => Foe.Frame(FoeFrame.HeadersType, 5, id + 2, 0x82)),
        new("more content than declared",
            i => [.. Foe.Post(Id(i), "/hold", Foe.Field("content-length", "1")), .. Foe.Data(Id(i), 2)], 50, 1000),
        new("refused streams", i => Foe.Get(Id(i) + 1000, "/hold"), 50, 1000)
        {
            Start = [.. Enumerable.Range(0, 100).SelectMany(i => Foe.Post(Id(i), "/hold"))],
        },
        new("sections too large", i => Foe.GetWith(Id(i), s_tooMuch), 20, 300),
        new("SETTINGS", _ => Foe.Settings((1, 4096)), 500, 5000),
        new("PING", _ => Foe.Ping, 500, 5000),
        new("PRIORITY", i => Foe.Priority(Id(i), 0), 500, 5000),
        new("PRIORITY_UPDATE", i => Foe.PriorityUpdate(Id(i)), 500, 5000),
        new("WINDOW_UPDATE", _ => Foe.Update(0, 1), 500, 5000),
        new("unknown frames", i => Foe.Frame(FoeFrame.UnknownType, 0, i, 1, 2, 3), 500, 5000),
        new("empty DATA", _ => Foe.Data(Upload, 0), 500, 5000) { Start = Foe.Post(Upload, "/hold") },
        new("updates of a stream that is no more", _ => Foe.Update(1, 1), 500, 5000)
        {
            Start = [.. Foe.Get(1, "/hold"), .. Foe.Reset(1)],
        },
    ];

    private static int Id(int i) => 2 * i + 1;

    private static FloodCase Provoked(string name, Func<int, byte[]> fault) => new(
        name, i => [.. Foe.Post(4 * i + 1, "/hold"), .. fault(4 * i + 1)], 50, 1000);
}
