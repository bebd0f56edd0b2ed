using System.IO.Pipelines;
using Tipi.Parity.Servers;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>Several that write at once, or read while others write, and writes that nobody awaits.</summary>
internal static class TaskHabits
{
    private const int Large = 300_000;

    private const string Expecting =
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n";

    internal static IReadOnlyList<Habit> All { get; } = [.. Unawaited(), .. Expected()];

    private static byte[] Bytes(char letter, int length = Large) => [.. Enumerable.Repeat((byte)letter, length)];

    private static Task NoWait(HttpContext http, int length = Large)
    {
        for (char letter = 'a'; letter < 'e'; letter++)
            _ = http.Response.Body.WriteAsync(Bytes(letter, length)).AsTask();
        return Task.CompletedTask;
    }

    private static IEnumerable<Habit> Unawaited() =>
    [
        new("one large write that nobody awaits", Get, (http, notes) =>
        {
            _ = http.Response.Body.WriteAsync(Bytes('a')).AsTask();
            return Task.CompletedTask;
        }),
        new("large writes that nobody awaits", Get, (http, notes) => NoWait(http)),
        new("large writes that nobody awaits, with a length", Get, (http, notes) =>
        {
            http.Response.ContentLength = 4 * Large;
            return NoWait(http);
        }),
        new("large writes that nobody awaits, to HEAD", Head, (http, notes) => NoWait(http)),
        new("small writes that nobody awaits", Get, (http, notes) => NoWait(http, 10)),
        new("large writes that nobody awaits, then one that is awaited", Get, async (http, notes) =>
        {
            await NoWait(http);
            await http.Response.WriteAsync("end");
        }),
        new("large writes that nobody awaits, then CompleteAsync", Get, async (http, notes) =>
        {
            await NoWait(http);
            await http.Response.CompleteAsync();
        }),
        new("large writes to stream and writer that nobody awaits", Get, (http, notes) =>
        {
            _ = http.Response.Body.WriteAsync(Bytes('a')).AsTask();
            PipeWriter writer = http.Response.BodyWriter;
            Bytes('b').CopyTo(writer.GetSpan(Large));
            writer.Advance(Large);
            _ = writer.FlushAsync().AsTask();
            _ = writer.WriteAsync(Bytes('c')).AsTask();
            _ = writer.FlushAsync().AsTask();
            return Task.CompletedTask;
        }),
    ];

    private static Habit Expect(string name, Func<HttpContext, Notes, Task> app) => new(name, Expecting, app)
    {
        Client = async (wire, _) =>
        {
            WireAnswer? first = await wire.ReadAsync();
            var answers = new List<WireAnswer>();
            if (first is not null) answers.Add(first);
            await wire.SendAsync("hello");
            if (first is { Status: 100 }) answers.AddRange(await Dialogue.ReadFinalAsync(wire, isHead: false));
            return Dialogue.Show(answers, await Dialogue.SeeEndAsync(wire, answers[^1]));
        },
    };

    private static IEnumerable<Habit> Expected() =>
    [
        Expect("memory is lent while 100 is sent", async (http, notes) =>
        {
            Memory<byte> lent = http.Response.BodyWriter.GetMemory(5);
            string body = await new StreamReader(http.Request.Body).ReadToEndAsync();
            notes.See(body);
            "lent!"u8.CopyTo(lent.Span);
            http.Response.BodyWriter.Advance(5);
        }),
        Expect("one task reads, another one writes behind it", async (http, _) =>
        {
            Task<string> read = Task.Run(() => new StreamReader(http.Request.Body).ReadToEndAsync());
            await Task.Run(async () => await http.Response.WriteAsync(await read));
        }),
        Expect("a start that waits while 100 is sent", async (http, _) =>
        {
            var isRead = new TaskCompletionSource();
            http.Response.OnStarting(() => isRead.Task);
            Task write = http.Response.WriteAsync("answer");
            await new StreamReader(http.Request.Body).ReadToEndAsync();
            isRead.SetResult();
            await write;
        }),
    ];
}
