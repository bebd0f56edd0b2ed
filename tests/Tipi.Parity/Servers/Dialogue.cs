namespace Tipi.Parity.Servers;

/// <summary>
/// One connection: sends, reads the answers, and finds out whether the connection is kept, by one more request.
/// </summary>
internal static class Dialogue
{
    /// <summary>Where the request goes that shows that a connection is kept.</summary>
    internal const string AgainPath = "/again";

    private const string Again = $"GET {AgainPath} HTTP/1.1\r\nHost: a\r\n\r\n";

    /// <summary>Reads the interim answers and the final one of a request that was sent.</summary>
    internal static async Task<IReadOnlyList<WireAnswer>> ReadFinalAsync(Wire wire, bool isHead)
    {
        var answers = new List<WireAnswer>();
        while (await wire.ReadAsync(isHead) is { } answer)
        {
            answers.Add(answer);
            if (answer.Status is >= 200 or 101 or 0) break;
        }
        return answers;
    }

    /// <summary>Says "kept", "closed" or "reset".</summary>
    internal static async Task<string> SeeEndAsync(Wire wire, WireAnswer? last)
    {
        if (wire.End == WireEnd.Open && last is { IsCut: false } && !SaysClose(last))
        {
            await wire.SendAsync(Again);
            if (await wire.ReadAsync() is not null) return "kept";
            // A reset may be the answer to the second request only.
            return wire.End == WireEnd.Silent ? "silent" : "closed";
        }
        string rest = await wire.ReadToEndAsync();
        return (rest.Length > 0 ? "more than the answer, " : "") + wire.End.ToString().ToLowerInvariant();
    }

    /// <summary>The answers and the end in one line.</summary>
    internal static string Show(IEnumerable<WireAnswer> answers, string end) =>
        string.Join(" ⏎ ", [.. answers.Select(answer => answer.ToString()), end]);

    private static bool SaysClose(WireAnswer answer) => answer.Field("Connection") == "close";
}
