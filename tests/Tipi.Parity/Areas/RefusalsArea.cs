using System.Collections.Concurrent;
using Tipi.Parity.Servers;
using Tipi.Tests.Cases;

namespace Tipi.Parity.Areas;

/// <summary>What each of the good, bad and smuggling requests gets.</summary>
internal sealed class RefusalsArea : IArea
{
    private const int AtOnce = 32;
    private static readonly TimeSpan s_headTime = TimeSpan.FromSeconds(5);

    private static readonly Settings s_settings = new(
        kestrel =>
        {
            kestrel.Limits.RequestHeadersTimeout = s_headTime;
            kestrel.Limits.KeepAliveTimeout = s_headTime;
        },
        tipi =>
        {
            tipi.Limits.RequestHeadersTimeout = s_headTime;
            tipi.Limits.KeepAliveTimeout = s_headTime;
        });

    public string Name => "Requests, good and bad";

    public string Meaning =>
        "The status, whether the application was reached, and what happens to the connection. 408: the server waited "
        + "for more. refused: a complete response with Connection: close, Content-Length: 0, Date and Server.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var reached = new ConcurrentDictionary<int, string>();
        await using SubjectServer server = await SubjectServer.StartAsync(subject, s_settings, Application);
        var values = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            RequestCases.All,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (one, _) => values[one.Name] = await AskCaseAsync(server, one, reached));
        return RequestCases.All.ToDictionary(one => one.Name, one => values[one.Name]);

        Task Application(HttpContext context) => ReadAllAsync(context, reached);
    }

    private static async Task ReadAllAsync(HttpContext context, ConcurrentDictionary<int, string> reached)
    {
        if (context.Request.Path == Dialogue.AgainPath) return;
        int port = context.Connection.RemotePort;
        reached[port] = "reached";
        var buffer = new byte[64 * 1024];
        long length = 0;
        int count;
        while ((count = await context.Request.Body.ReadAsync(buffer)) > 0) length += count;
        reached[port] = $"served, {length} bytes of body";
    }

    private static async Task<string> AskCaseAsync(
        SubjectServer server, RequestCase one, ConcurrentDictionary<int, string> reached)
    {
        using Wire wire = await server.ConnectAsync();
        // The port may have been an earlier case's.
        reached.TryRemove(wire.LocalPort, out _);
        await wire.SendAsync(one.Bytes);
        IReadOnlyList<WireAnswer> answers = await Dialogue.ReadFinalAsync(wire, isHead: false);
        string end = await Dialogue.SeeEndAsync(wire, answers.Count > 0 ? answers[^1] : null);
        string way = reached.GetValueOrDefault(wire.LocalPort, "not reached");
        return $"{string.Join(" ⏎ ", answers.Select(Show))}, {way}, {end}";
    }

    private static string Show(WireAnswer answer) => answer switch
    {
        _ when !answer.StatusLine.StartsWith("HTTP/1.1", StringComparison.Ordinal) => "not HTTP/1",
        _ when IsWhole(answer, ["Connection", "Content-Length", "Date", "Server"]) && answer.Status >= 400 =>
            $"{answer.Status} refused",
        _ when IsWhole(answer, ["Content-Length", "Date", "Server"]) && answer.Status == 200 => "200",
        _ => answer.ToString(),
    };

    private static bool IsWhole(WireAnswer answer, string[] fields) =>
        answer.Body.Length == 0 && !answer.IsCut
        && answer.Fields.Select(field => field.Split(':')[0]).Order(StringComparer.Ordinal).SequenceEqual(fields);
}
