using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>What an application does with the response's body.</summary>
internal static class BodyHabits
{
    private const string OldKept = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";

    internal static IReadOnlyList<Habit> All { get; } = [.. Framing(), .. Lengths(), .. Streams(), .. Writers()];

    private static IEnumerable<Habit> Framing() =>
    [
        new("nothing", Get, (_, _) => Task.CompletedTask),
        new("one write to the stream", Get, (http, _) => http.Response.Body.WriteAsync("hello"u8.ToArray()).AsTask()),
        new("two writes", Get, async (http, _) =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.WriteAsync("world");
        }),
        new("writer advanced, not flushed", Get, (http, _) =>
        {
            http.Response.BodyWriter.Write("hello"u8);
            return Task.CompletedTask;
        }),
        new("writer advanced, not flushed, HTTP/1.0 kept alive", OldKept, (http, _) =>
        {
            http.Response.BodyWriter.Write("hello"u8);
            return Task.CompletedTask;
        }),
        new("flush, then a write", Get, async (http, _) =>
        {
            await http.Response.Body.FlushAsync();
            await http.Response.WriteAsync("hello");
        }),
        new("flush alone", Get, (http, _) => http.Response.Body.FlushAsync()),
        new("StartAsync alone", Get, (http, _) => http.Response.StartAsync()),
        new("StartAsync twice", Get, async (http, notes) =>
        {
            await http.Response.StartAsync();
            notes.See(http.Response.HasStarted);
            await notes.TryAsync(() => http.Response.StartAsync());
        }),
        new("CompleteAsync alone", Get, (http, _) => http.Response.CompleteAsync()),
        new("CompleteAsync, then a write", Get, async (http, notes) =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.CompleteAsync();
            await notes.TryAsync(() => http.Response.CompleteAsync());
            await notes.TryAsync(() => http.Response.WriteAsync("more"));
            notes.Try(() => http.Response.BodyWriter.GetMemory());
            await notes.TryAsync(() => http.Response.BodyWriter.WriteAsync(new byte[1]).AsTask());
            await notes.TryAsync(() => http.Response.BodyWriter.FlushAsync().AsTask());
            await notes.TryAsync(() => http.Response.Body.FlushAsync());
        }),
        new("empty write", Get, (http, notes) => notes.TryAsync(() => http.Response.WriteAsync(""))),
        new("empty write, then one", Get, async (http, _) =>
        {
            await http.Response.Body.WriteAsync(ReadOnlyMemory<byte>.Empty);
            await http.Response.WriteAsync("hello");
        }),
        new("a megabyte", Get, (http, _) => http.Response.WriteAsync(new string('m', 1 << 20))),
        new("a megabyte through the writer", Get, async (http, _) =>
        {
            for (int i = 0; i < 16; i++) await http.Response.BodyWriter.WriteAsync(new byte[64 * 1024]);
        }),
        new("body of HTTP/1.0", OldGet, (http, _) => http.Response.WriteAsync("hello")),
        new("body of HTTP/1.0, kept alive", OldKept, (http, _) => http.Response.WriteAsync("hello")),
        new("body to HEAD", Head, async (http, _) =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.WriteAsync("world");
        }),
        new("file", Get, (http, _) => http.Response.SendFileAsync(typeof(BodyHabits).Assembly.Location, 0, 2)),
        new("file that is not there", Get, (http, notes) => notes.TryAsync(
            () => http.Response.SendFileAsync("nothing-here"), "send")),
        new("buffering turned off", Get, (http, notes) =>
        {
            notes.Try(() => http.Features.Get<IHttpResponseBodyFeature>()!.DisableBuffering(), "DisableBuffering");
            return http.Response.WriteAsync("hello");
        }),
    ];

    private static Habit Length(string name, int length, params string[] writes) =>
        new(name, Get, async (http, notes) =>
    {
        http.Response.ContentLength = length;
        foreach (string text in writes) await notes.TryAsync(() => http.Response.WriteAsync(text), $"write {text}");
    });

    private static IEnumerable<Habit> Lengths() =>
    [
        Length("exactly the length, in two writes", 10, "hello", "world"),
        Length("a write too many", 5, "hello", "world"),
        Length("a write that is too long, second", 7, "hello", "world"),
        Length("a write that is too long, first", 2, "hello"),
        Length("less than the length", 10, "hello"),
        Length("nothing of the length", 10),
        new("less than the length, completed", Get, async (http, notes) =>
        {
            http.Response.ContentLength = 10;
            await http.Response.WriteAsync("hello");
            await notes.TryAsync(() => http.Response.CompleteAsync());
        }),
        new("more than the length through the writer", Get, async (http, notes) =>
        {
            http.Response.ContentLength = 2;
            notes.Try(() => http.Response.BodyWriter.Write("hello"u8), "write");
            await notes.TryAsync(() => http.Response.BodyWriter.FlushAsync().AsTask());
        }),
        new("length set to null again", Get, (http, _) =>
        {
            http.Response.ContentLength = 10;
            http.Response.ContentLength = null;
            return http.Response.WriteAsync("hello");
        }),
    ];

    private static IEnumerable<Habit> Streams() =>
    [
        new("what the stream can", Get, async (http, notes) =>
        {
            Stream body = http.Response.Body;
            notes.See(body.CanRead);
            notes.See(body.CanWrite);
            notes.See(body.CanSeek);
            notes.See(body.CanTimeout);
            notes.Try(() => notes.See(body.Length));
            notes.Try(() => notes.See(body.Position));
            notes.Try(() => body.Seek(0, SeekOrigin.Begin));
            notes.Try(() => body.SetLength(0));
            notes.Try(() => body.ReadByte());
            await notes.TryAsync(() => body.ReadAsync(new byte[1]).AsTask());
            notes.Try(() => body.Write([1]), "synchronous write");
            notes.Try(() => body.WriteByte(1), "synchronous byte");
            notes.Try(() => body.Flush(), "synchronous flush");
            notes.See(http.Response.HasStarted);
        }),
        new("synchronous writes where they are allowed", Get, (http, notes) =>
        {
            http.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO = true;
            notes.Try(() => http.Response.Body.Write("hello"u8), "write");
            notes.Try(() => http.Response.Body.Flush());
            return Task.CompletedTask;
        }),
        new("synchronous writes by the option", Get, (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO, "AllowSynchronousIO");
            notes.Try(() => http.Response.Body.Write("hello"u8), "write");
            return Task.CompletedTask;
        })
        {
            Settings = new(kestrel => kestrel.AllowSynchronousIO = true, tipi => tipi.AllowSynchronousIO = true),
        },
        new("dispose of the stream", Get, async (http, notes) =>
        {
            await http.Response.Body.DisposeAsync();
            await notes.TryAsync(() => http.Response.Body.WriteAsync("hello"u8.ToArray()).AsTask());
        }),
        new("stream replaced by the application", Get, async (http, notes) =>
        {
            Stream own = http.Response.Body;
            http.Response.Body = new MemoryStream();
            await http.Response.WriteAsync("unseen");
            notes.See(http.Response.HasStarted);
            notes.See(http.Response.Body.Length);
            http.Response.Body = own;
            await http.Response.WriteAsync("hello");
        }),
        new("write with a cancelled token", Get, async (http, notes) =>
        {
            var cancelled = new CancellationToken(canceled: true);
            await notes.TryAsync(() => http.Response.Body.WriteAsync("hello"u8.ToArray(), cancelled).AsTask());
            await notes.TryAsync(() => http.Response.Body.FlushAsync(cancelled));
            notes.See(http.Response.HasStarted);
        }),
    ];

    private static IEnumerable<Habit> Writers() =>
    [
        new("what the writer can", Get, async (http, notes) =>
        {
            PipeWriter writer = http.Response.BodyWriter;
            notes.See(writer.CanGetUnflushedBytes);
            notes.Try(() => notes.See(writer.UnflushedBytes));
            notes.Try(() => writer.Advance(1), "advance before memory");
            notes.See(writer.GetMemory(1).Length >= 1);
            notes.See(writer.GetMemory(100_000).Length >= 100_000);
            notes.Try(() => writer.GetMemory(-1));
            notes.Try(() => writer.Advance(-1));
            notes.Try(() => writer.Advance(10_000_000));
            notes.Try(() => writer.Write("hello"u8), "write");
            notes.Try(() => notes.See(writer.UnflushedBytes));
            notes.See(http.Response.HasStarted);
            FlushResult result = await writer.FlushAsync();
            notes.See(result.IsCompleted);
            notes.See(result.IsCanceled);
            notes.See(http.Response.HasStarted);
        }),
        new("writer completed, then a write", Get, async (http, notes) =>
        {
            PipeWriter writer = http.Response.BodyWriter;
            writer.Write("hello"u8);
            notes.Try(() => writer.Complete());
            notes.Try(() => writer.GetMemory());
            await notes.TryAsync(() => writer.WriteAsync(new byte[1]).AsTask());
            await notes.TryAsync(() => writer.FlushAsync().AsTask());
            await notes.TryAsync(() => http.Response.WriteAsync("more"));
        }),
        new("writer completed with an error", Get, (http, notes) =>
        {
            notes.Try(() => http.Response.BodyWriter.Complete(new InvalidOperationException()), "complete");
            return Task.CompletedTask;
        }),
        new("pending flush cancelled", Get, async (http, notes) =>
        {
            http.Response.BodyWriter.CancelPendingFlush();
            FlushResult result = await http.Response.BodyWriter.WriteAsync("hello"u8.ToArray());
            notes.See(result.IsCanceled);
        }),
        new("headers may change between writer and flush", Get, (http, _) =>
        {
            http.Response.BodyWriter.Write("hello"u8);
            http.Response.Headers["X-A"] = "1";
            http.Response.StatusCode = 201;
            return Task.CompletedTask;
        }),
    ];
}
