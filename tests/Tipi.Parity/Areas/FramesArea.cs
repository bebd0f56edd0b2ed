using System.Collections.Concurrent;
using Tipi.Parity.Frames;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>What a server says first on HTTP/2, and what it says to frames.</summary>
internal sealed class FramesArea : IArea
{
    private const int AtOnce = 16;
    private static readonly TimeSpan s_headTime = TimeSpan.FromSeconds(5);

    private static readonly Settings s_settings = Settings.Http2 with
    {
        OnKestrel = kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = 10;
            kestrel.Limits.RequestHeadersTimeout = s_headTime;
        },
        OnTipi = tipi =>
        {
            tipi.Limits.Http2.MaxStreamsPerConnection = 10;
            tipi.Limits.RequestHeadersTimeout = s_headTime;
        },
    };

    private static readonly Dictionary<int, string> s_names = new()
    {
        [1] = "HEADER_TABLE_SIZE",
        [2] = "ENABLE_PUSH",
        [3] = "MAX_CONCURRENT_STREAMS",
        [4] = "INITIAL_WINDOW_SIZE",
        [5] = "MAX_FRAME_SIZE",
        [6] = "MAX_HEADER_LIST_SIZE",
        [8] = "ENABLE_CONNECT_PROTOCOL",
        [9] = "NO_RFC7540_PRIORITIES",
    };

    public string Name => "HTTP/2: frames";

    public string Meaning =>
        "The server's SETTINGS; and for frames of a client: the statuses and resets of streams, GOAWAY and its codes, "
        + "and what happens to the connection. The application responds; or it waits, and the stream stays open.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new ConcurrentDictionary<string, string>();
        await using (SubjectServer server = await SubjectServer.StartAsync(
            subject, Settings.Http2, static _ => Task.CompletedTask))
            await AskSettingsAsync(server, values);
        await using (SubjectServer server = await SubjectServer.StartAsync(subject, s_settings, RunAsync))
        {
            await Parallel.ForEachAsync(
                FrameCases.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
                async (one, _) => values[one.Name] = await AskCaseAsync(server, one));
        }
        return values.OrderBy(pair => pair.Key, StringComparer.Ordinal).ToDictionary();
    }

    private static async Task AskSettingsAsync(SubjectServer server, ConcurrentDictionary<string, string> values)
    {
        using FrameWire wire = await FrameWire.ConnectAsync(server.Port);
        await wire.SeeEndAsync();
        foreach (var (id, value) in wire.Settings)
            values[$"own: {s_names.GetValueOrDefault(id, $"setting {id}")}"] = $"{value} (setting {id})";
        values["own: WINDOW_UPDATE of the connection"] = $"{wire.Granted} bytes";
    }

    private static async Task<string> AskCaseAsync(SubjectServer server, FrameCase one)
    {
        using FrameWire wire = one.IsRaw
            ? await FrameWire.OpenAsync(server.Port)
            : await FrameWire.ConnectAsync(server.Port);
        await wire.SendAsync(one.Frames);
        wire.AnswersPings = true;
        if (one.IsLast) await wire.HearToEndAsync();
        else await wire.SeeEndAsync(one.Streams);
        return wire.Show();
    }

    private static async Task RunAsync(HttpContext http)
    {
        if (http.Request.Path == "/hold")
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        await http.Request.Body.CopyToAsync(Stream.Null);
    }
}
