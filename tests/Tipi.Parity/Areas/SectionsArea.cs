using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Parity.Frames;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>What each of the good, bad and smuggling requests of HTTP/2 gets.</summary>
internal sealed class SectionsArea : IArea
{
    private const int AtOnce = 16;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private static readonly Settings s_settings = Settings.Http2 with
    {
        OnKestrel = static kestrel => kestrel.Limits.MaxRequestBodySize = 1000,
        OnTipi = static tipi => tipi.Limits.MaxRequestBodySize = 1000,
    };

    public string Name => "HTTP/2: requests, good and bad";

    public string Meaning =>
        "The status or the code of the reset, GOAWAY and its code, whether the application was reached and what "
        + "it saw, and what happens to the connection.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var reached = new ConcurrentDictionary<int, TaskCompletionSource<string>>();
        await using SubjectServer server = await SubjectServer.StartAsync(subject, s_settings, Application);
        var values = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            SectionCases.All, new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (one, _) => values[one.Name] = await AskCaseAsync(server, one, reached));
        return SectionCases.All.ToDictionary(one => one.Name, one => values[one.Name]);

        async Task Application(HttpContext http) =>
            // Whoever asks finds the case that has begun last on the port.
            reached.GetOrAdd(http.Connection.RemotePort, static _ => new()).TrySetResult(await ServeAsync(http));
    }

    private static async Task<string> ServeAsync(HttpContext http)
    {
        try
        {
            var memory = new MemoryStream();
            await http.Request.Body.CopyToAsync(memory);
            int trailers = http.Request.SupportsTrailers() && http.Request.CheckTrailersAvailable()
                ? http.Features.Get<IHttpRequestTrailersFeature>()!.Trailers.Count
                : 0;
            string path = http.Request.Path.Value ?? "no path";
            return $"served {(path.Length > 20 ? $"{path.Length} of path" : path)}, host {http.Request.Host}"
                + $", {memory.Length} bytes" + (trailers > 0 ? $", {trailers} trailers" : "")
                + (http.Request.Headers.Cookie.Count > 0 ? $", cookie {http.Request.Headers.Cookie}" : "");
        }
        catch (BadHttpRequestException error)
        {
            http.Response.StatusCode = error.StatusCode;
            return $"refused {error.StatusCode}";
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            return "aborted";
        }
    }

    private static async Task<string> AskCaseAsync(
        SubjectServer server, SectionCase one, ConcurrentDictionary<int, TaskCompletionSource<string>> reached)
    {
        using FrameWire wire = await FrameWire.ConnectAsync(server.Port);
        // The port may have been an earlier case's.
        reached.TryRemove(wire.LocalPort, out _);
        await wire.SendAsync(one.Frames);
        await wire.SeeEndAsync(one.Name == "body: reset" ? [] : [1]);
        // The application may start after the reset of its stream was sent.
        for (int i = 0; i < 20 && !reached.ContainsKey(wire.LocalPort); i++) await Task.Delay(20);
        if (!reached.TryGetValue(wire.LocalPort, out TaskCompletionSource<string>? source))
            return $"{wire.Show()}; not reached";
        bool isServed = await Task.WhenAny(source.Task, Task.Delay(s_patience)) == source.Task;
        return $"{wire.Show()}; {(isServed ? await source.Task : "reached, and waits")}";
    }
}
