using System.Buffers;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>What a callback changes of the head, and what an application has declared or written before.</summary>
internal static class StartHabits
{
    internal static IReadOnlyList<Habit> All { get; } = [.. Changes(), .. OwnFraming(), .. Writers()];

    private static IEnumerable<Habit> Changes() =>
    [
        new("length taken back in OnStarting", Get, (http, _) =>
        {
            http.Response.ContentLength = 100;
            return OnStarting(http, () => (http.Response.StatusCode, http.Response.ContentLength) = (304, null));
        }),
        new("length taken back in OnStarting, flushed", Get, async (http, _) =>
        {
            http.Response.ContentLength = 100;
            await OnStarting(http, () => (http.Response.StatusCode, http.Response.ContentLength) = (304, null));
            await http.Response.Body.FlushAsync();
        }),
        new("length corrected in OnStarting", Get, async (http, notes) =>
        {
            http.Response.ContentLength = 3;
            await OnStarting(http, () => http.Response.ContentLength = 5);
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
        new("length corrected in OnStarting, stream", Get, async (http, notes) =>
        {
            http.Response.ContentLength = 3;
            await OnStarting(http, () => http.Response.ContentLength = 5);
            await notes.TryAsync(() => http.Response.Body.WriteAsync("hello"u8.ToArray()).AsTask(), "write");
        }),
        new("length set in OnStarting", Get, async (http, notes) =>
        {
            await OnStarting(http, () => http.Response.ContentLength = 5);
            http.Response.BodyWriter.Write("hello"u8);
            await notes.TryAsync(() => http.Response.BodyWriter.FlushAsync().AsTask());
        }),
        new("length made too small in OnStarting", Get, async (http, notes) =>
        {
            await OnStarting(http, () => http.Response.ContentLength = 3);
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
        new("length made too large in OnStarting", Get, (http, _) =>
            OnStarting(http, () => http.Response.ContentLength = 3)),
        new("status with a body by OnStarting", Get, async (http, notes) =>
        {
            http.Response.StatusCode = 204;
            await OnStarting(http, () => http.Response.StatusCode = 200);
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
        new("status without a body by OnStarting", Get, async (http, notes) =>
        {
            await OnStarting(http, () => http.Response.StatusCode = 204);
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
    ];

    private static IEnumerable<Habit> OwnFraming() =>
    [
        new("chunks of the application beside a length", Get, async (http, notes) =>
        {
            http.Response.Headers.TransferEncoding = "chunked";
            http.Response.ContentLength = 100;
            await notes.TryAsync(() => http.Response.WriteAsync("5\r\nhello\r\n0\r\n\r\n"), "write");
        }),
        new("chunks of the application beside a length, more than declared", Get, async (http, notes) =>
        {
            http.Response.Headers.TransferEncoding = "chunked";
            http.Response.ContentLength = 5;
            await notes.TryAsync(() => http.Response.WriteAsync("5\r\nhello\r\n"), "write");
            await notes.TryAsync(() => http.Response.WriteAsync("0\r\n\r\n"), "write");
        }),
    ];

    private static IEnumerable<Habit> Writers() =>
    [
        new("writer completed with an error, then used", Get, async (http, notes) =>
        {
            await http.Response.BodyWriter.CompleteAsync(new InvalidOperationException());
            notes.Try(() => http.Response.BodyWriter.GetMemory());
            await notes.TryAsync(() => http.Response.BodyWriter.WriteAsync(new byte[1]).AsTask());
            await notes.TryAsync(() => http.Response.Body.WriteAsync(new byte[1]).AsTask());
        }),
        new("writer completed with an error after the start, then used", Get, async (http, notes) =>
        {
            await http.Response.WriteAsync("hello");
            await Task.Delay(200); // Kestrel's abort may overtake what it has not sent
            http.Response.BodyWriter.Complete(new InvalidOperationException());
            notes.Try(() => http.Response.BodyWriter.GetMemory());
            await notes.TryAsync(() => http.Response.BodyWriter.WriteAsync(new byte[1]).AsTask());
        }),
        new("flush that is cancelled before it begins", Get, async (http, notes) =>
        {
            await http.Response.StartAsync();
            http.Response.BodyWriter.Write("hello"u8);
            await notes.TryAsync(
                () => http.Response.BodyWriter.FlushAsync(new CancellationToken(canceled: true)).AsTask(), "flush");
            notes.See(http.Response.BodyWriter.UnflushedBytes);
        }),
        new("flush that is cancelled before the start", Get, async (http, notes) =>
        {
            http.Response.BodyWriter.Write("hello"u8);
            await notes.TryAsync(
                () => http.Response.BodyWriter.FlushAsync(new CancellationToken(canceled: true)).AsTask(), "flush");
            notes.See(http.Response.BodyWriter.UnflushedBytes);
            notes.See(http.Response.HasStarted);
        }),
    ];

    private static Task OnStarting(HttpContext http, Action change)
    {
        http.Response.OnStarting(() =>
        {
            change();
            return Task.CompletedTask;
        });
        return Task.CompletedTask;
    }
}
