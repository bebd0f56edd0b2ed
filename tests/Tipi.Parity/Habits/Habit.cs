using Tipi.Parity.Servers;

namespace Tipi.Parity.Habits;

/// <summary>A request, what an application does with it, and by that what an app may rely on.</summary>
/// <param name="Name">Unique.</param>
/// <param name="Request">What is sent.</param>
/// <param name="App">Serves it and notes what it sees.</param>
internal sealed record Habit(string Name, string Request, Func<HttpContext, Notes, Task> App)
{
    internal const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    internal const string Head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
    internal const string OldGet = "GET / HTTP/1.0\r\n\r\n";
    internal const string Post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    internal const string ChunkedPost =
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n";

    /// <summary>Settings that differ from the defaults.</summary>
    internal Settings Settings { get; init; } = Settings.Defaults;

    /// <summary>
    /// The client, where it does more than send, read one final answer, and see whether the connection is kept. Returns
    /// what it saw.
    /// </summary>
    internal Func<Wire, Notes, Task<string>>? Client { get; init; }

    /// <summary>The application's end, or something after it, without which the notes are not complete.</summary>
    internal string Last { get; init; } = "end";

    /// <summary>False: the application is never reached.</summary>
    internal bool IsServed { get; init; } = true;

    /// <summary>What a client sees that sends the request and wants the answer.</summary>
    internal async Task<string> TalkAsync(Wire wire, Notes notes)
    {
        await wire.SendAsync(Request);
        if (Client is not null) return await Client(wire, notes);
        return await AnswerAsync(wire);
    }

    /// <summary>Reads one final answer and sees whether the connection is kept.</summary>
    internal async Task<string> AnswerAsync(Wire wire)
    {
        bool isHead = Request.StartsWith("HEAD ", StringComparison.Ordinal);
        IReadOnlyList<WireAnswer> answers = await Dialogue.ReadFinalAsync(wire, isHead);
        string end = await Dialogue.SeeEndAsync(wire, answers.Count > 0 ? answers[^1] : null);
        return Dialogue.Show(answers, end);
    }
}
