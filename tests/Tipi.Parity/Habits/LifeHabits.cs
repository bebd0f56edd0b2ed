using Microsoft.AspNetCore.Http.Features;
using Tipi.Parity.Servers;
using static Tipi.Parity.Habits.Habit;

namespace Tipi.Parity.Habits;

/// <summary>Errors, callbacks, aborts, upgrades, and what is left after the end.</summary>
internal static class LifeHabits
{
    private const string Upgrade =
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

    internal static IReadOnlyList<Habit> All { get; } =
    [
        .. Errors(), .. Callbacks(), .. Aborts(), .. Upgrades(), .. Afterwards(), .. Several(),
    ];

    private static Habit Thrown(string name, Exception error, Func<HttpContext, Task>? first = null) =>
        new(name, Get, async (http, _) =>
        {
            http.Response.StatusCode = 201;
            http.Response.Headers["X-A"] = "1";
            if (first is not null) await first(http);
            throw error;
        });

    private static IEnumerable<Habit> Errors() =>
    [
        Thrown("error before the start", new InvalidOperationException()),
        Thrown("bad request thrown by the application", new BadHttpRequestException("no", 418)),
        Thrown("cancellation thrown by the application", new OperationCanceledException()),
        Thrown("error after unflushed bytes", new InvalidOperationException(), http =>
        {
            http.Response.BodyWriter.GetMemory();
            http.Response.BodyWriter.Advance(1);
            return Task.CompletedTask;
        }),
        Thrown("error after the start", new InvalidOperationException(), http => http.Response.WriteAsync("hello")),
        Thrown("error after the start, HTTP/1.1 with a length", new InvalidOperationException(), http =>
        {
            http.Response.ContentLength = 10;
            return http.Response.WriteAsync("hello");
        }),
        Thrown("error after the whole length", new InvalidOperationException(), http =>
        {
            http.Response.ContentLength = 5;
            return http.Response.WriteAsync("hello");
        }),
        Thrown("error after CompleteAsync", new InvalidOperationException(), async http =>
        {
            await http.Response.WriteAsync("hello");
            await http.Response.CompleteAsync();
        }),
        Thrown("bad request thrown after the start", new BadHttpRequestException("no", 418),
            http => http.Response.WriteAsync("hello")),
        new("error to HEAD", Head, (_, _) => throw new InvalidOperationException()),
        new("error to HTTP/1.0", OldGet, (_, _) => throw new InvalidOperationException()),
        new("error with a body that nobody read", Post, (_, _) => throw new InvalidOperationException()),
        new("error after its token was cancelled", Get, (http, _) =>
            Task.FromCanceled(new CancellationToken(canceled: true))),
    ];

    private static IEnumerable<Habit> Callbacks() =>
    [
        new("order of callbacks", Get, async (http, notes) =>
        {
            for (int i = 1; i <= 2; i++)
            {
                int number = i;
                http.Response.OnStarting(() => Note(notes, $"starting {number}"));
                http.Response.OnCompleted(() => Note(notes, $"completed {number}"));
            }
            notes.Add("write");
            await http.Response.WriteAsync("hello");
            notes.Add("written");
        }),
        new("callbacks without a write", Get, (http, notes) =>
        {
            http.Response.OnStarting(() => Note(notes, $"starting, started {http.Response.HasStarted}"));
            http.Response.OnCompleted(() => Note(notes, $"completed, started {http.Response.HasStarted}"));
            return Note(notes, "handler ends");
        }),
        new("callbacks of a request that fails", Get, (http, notes) =>
        {
            http.Response.OnStarting(() => Note(notes, $"starting with {http.Response.StatusCode}"));
            http.Response.OnCompleted(() => Note(notes, $"completed with {http.Response.StatusCode}"));
            throw new InvalidOperationException();
        }),
        new("headers and status set in OnStarting", Get, (http, _) =>
        {
            http.Response.OnStarting(() =>
            {
                http.Response.StatusCode = 202;
                http.Response.Headers["X-A"] = "1";
                return Task.CompletedTask;
            });
            return http.Response.WriteAsync("hello");
        }),
        new("OnStarting that waits", Get, (http, notes) =>
        {
            http.Response.OnStarting(async () =>
            {
                await Task.Delay(10);
                notes.Add("starting");
            });
            return http.Response.WriteAsync("hello");
        }),
        new("OnStarting that adds OnStarting", Get, (http, notes) =>
        {
            http.Response.OnStarting(() =>
            {
                http.Response.OnStarting(() => Note(notes, "second"));
                return Note(notes, "first");
            });
            return http.Response.WriteAsync("hello");
        }),
        new("OnStarting that fails, seen by the handler", Get, async (http, notes) =>
        {
            http.Response.OnStarting(() => throw new NotSupportedException());
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        }),
        new("OnStarting that fails, unhandled", Get, (http, _) =>
        {
            http.Response.OnStarting(() => throw new NotSupportedException());
            return Task.CompletedTask;
        }),
        new("OnCompleted that fails", Get, (http, notes) =>
        {
            http.Response.OnCompleted(() => Note(notes, "the other"));
            http.Response.OnCompleted(() => throw new NotSupportedException());
            return http.Response.WriteAsync("hello");
        }),
        new("disposal with the response", Get, (http, notes) =>
        {
            http.Response.RegisterForDispose(new Disposal(notes));
            return http.Response.WriteAsync("hello");
        }),
        new("OnCompleted comes after the body is sent", Get, (http, notes) =>
        {
            http.Response.OnCompleted(() => notes.HappensAsync("seen"));
            return http.Response.WriteAsync("hello");
        })
        {
            Client = static async (wire, notes) =>
            {
                string answer = (await wire.ReadAsync())!.ToString();
                notes.Signal("seen");
                return answer;
            },
        },
    ];

    private static IEnumerable<Habit> Aborts() =>
    [
        new("abort before the start", Get, async (http, notes) =>
        {
            http.Abort();
            await SeeAborted(http, notes);
        }),
        new("abort after the start", Get, async (http, notes) =>
        {
            await http.Response.WriteAsync("hello");
            await notes.HappensAsync("seen");
            http.Abort();
            await SeeAborted(http, notes);
        })
        {
            Client = static async (wire, notes) =>
            {
                await wire.ReadAtMostAsync(1);
                notes.Signal("seen");
                string rest = await wire.ReadToEndAsync();
                return $"{(rest.EndsWith("0\r\n\r\n", StringComparison.Ordinal) ? "whole" : "cut")}, {wire.End}";
            },
        },
        new("client resets", Get, async (http, notes) =>
        {
            notes.Signal("here");
            notes.See(await CancelledAsync(http.RequestAborted), "aborted");
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        })
        {
            Client = static async (wire, notes) =>
            {
                await notes.HappensAsync("here");
                wire.Reset();
                return "reset by the client";
            },
        },
        new("client ends its sending while the handler runs", Get, async (http, notes) =>
        {
            notes.Signal("here");
            notes.See(await CancelledAsync(http.RequestAborted), "aborted");
            await notes.TryAsync(() => http.Response.WriteAsync("hello"));
        })
        {
            Client = static async (wire, notes) =>
            {
                await notes.HappensAsync("here");
                wire.EndSending();
                return Dialogue.Show(await Dialogue.ReadFinalAsync(wire, isHead: false), wire.End.ToString());
            },
        },
        new("client resets while its body is read", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
            async (http, notes) =>
        {
            notes.Signal("here");
            await notes.TryAsync(() => http.Request.Body.ReadAsync(new byte[9]).AsTask());
        })
        {
            Client = static async (wire, notes) =>
            {
                await notes.HappensAsync("here");
                wire.Reset();
                return "reset by the client";
            },
        },
        new("aborted token set by the application", Get, (http, notes) =>
        {
            using var source = new CancellationTokenSource();
            http.RequestAborted = source.Token;
            notes.See(http.RequestAborted == source.Token);
            notes.See(http.RequestAborted.CanBeCanceled);
            return Task.CompletedTask;
        }),
    ];

    private static IEnumerable<Habit> Upgrades() =>
    [
        new("upgrade", Upgrade, async (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpUpgradeFeature>()!.IsUpgradableRequest, "IsUpgradableRequest");
            http.Response.Headers.Upgrade = "echo";
            Stream stream = await http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            await notes.TryAsync(() => http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync(), "upgrade again");
            notes.See(http.Response.HasStarted);
            notes.See(http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.IsReadOnly, "limit.IsReadOnly");
            notes.Try(() => http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = 5, "limit");
            var buffer = new byte[5];
            await stream.ReadExactlyAsync(buffer);
            await stream.WriteAsync(buffer);
        })
        {
            Client = static async (wire, _) =>
            {
                string answer = (await wire.ReadAsync())!.ToString();
                await wire.SendAsync("12345");
                return $"{answer}; {await wire.ReadToEndAsync()}; {wire.End}";
            },
        },
        new("upgrade of what is none", Get, async (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpUpgradeFeature>()!.IsUpgradableRequest, "IsUpgradableRequest");
            await notes.TryAsync(() => http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync(), "upgrade");
        }),
        new("upgrade with a body",
            "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nContent-Length: 5\r\n\r\nhello", (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpUpgradeFeature>()!.IsUpgradableRequest, "IsUpgradableRequest");
            return Task.CompletedTask;
        }) { IsServed = false },
        new("upgrade of HTTP/1.0", "GET / HTTP/1.0\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", (http, notes) =>
        {
            notes.See(http.Features.Get<IHttpUpgradeFeature>()!.IsUpgradableRequest, "IsUpgradableRequest");
            return Task.CompletedTask;
        }),
        new("upgrade after the start", Upgrade, async (http, notes) =>
        {
            await http.Response.WriteAsync("hello");
            await notes.TryAsync(() => http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync(), "upgrade");
        }),
        new("read of an upgraded stream that is left behind", Upgrade, async (http, notes) =>
        {
            Stream stream = await http.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            Task read = stream.ReadAsync(new byte[1]).AsTask();
            http.Items["left"] = read.ContinueWith(
                task => NoteLeft(task, notes), CancellationToken.None, TaskContinuationOptions.None,
                TaskScheduler.Default);
        })
        {
            Client = static async (wire, _) => $"{await wire.ReadAsync()}; {await wire.ReadToEndAsync()}{wire.End}",
            Last = "read",
        },
        new("upgrade that is declined", Upgrade, (http, _) => http.Response.WriteAsync("hello")),
    ];

    private static IEnumerable<Habit> Afterwards() =>
    [
        new("response used after the handler", Get, (http, notes) =>
        {
            http.Response.OnCompleted(async () =>
            {
                await notes.TryAsync(() => http.Response.WriteAsync("late"));
                await notes.TryAsync(() => http.Request.Body.ReadAsync(new byte[1]).AsTask());
                notes.Try(() => http.Response.StatusCode = 500);
                notes.See(http.Response.StatusCode);
                notes.See(http.RequestAborted.IsCancellationRequested);
            });
            return http.Response.WriteAsync("hello");
        }),
    ];

    private static IEnumerable<Habit> Several() =>
    [
        new("context of the next request", Get, (http, notes) =>
        {
            notes.See(http.Items.Count);
            notes.See(http.Features.Get<Disposal>() is null, "own feature is gone");
            notes.See(http.Response.StatusCode);
            notes.See(http.Response.Headers.Count);
            http.Items["a"] = "b";
            http.Response.StatusCode = 404;
            http.Response.Headers["X-A"] = "1";
            http.Features.Set(new Disposal(notes));
            return Task.CompletedTask;
        }) { Client = TwiceAsync },
        new("two requests at once", Get + Get, (http, notes) => http.Response.WriteAsync("number " + notes.Requests))
        {
            Client = static async (wire, _) => $"{await wire.ReadAsync()} ⏎ {await wire.ReadAsync()}",
        },
        new("a request behind one that closes", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + Get,
            (http, notes) => http.Response.WriteAsync("number " + notes.Requests)),
        new("a bad request behind a good one", Get + "BAD\r\n\r\n", (http, notes) => http.Response.WriteAsync("good"))
        {
            Client = static async (wire, _) => $"{await wire.ReadAsync()} ⏎ {await wire.ReadAsync()} ⏎ "
                + $"{await wire.ReadToEndAsync()}{wire.End}",
        },
    ];

    private static void NoteLeft(Task read, Notes notes)
    {
        notes.Try(() => read.GetAwaiter().GetResult(), "read");
        notes.Signal("read");
    }

    private static async Task<string> TwiceAsync(Wire wire, Notes notes)
    {
        WireAnswer? first = await wire.ReadAsync();
        await wire.SendAsync(Get);
        return $"{first} ⏎ {await wire.ReadAsync()}";
    }

    private static async Task SeeAborted(HttpContext http, Notes notes)
    {
        notes.See(await CancelledAsync(http.RequestAborted), "aborted");
        await notes.TryAsync(() => http.Response.WriteAsync("more"));
        await notes.TryAsync(() => http.Request.Body.ReadAsync(new byte[1]).AsTask());
    }

    internal static async Task<bool> CancelledAsync(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        using CancellationTokenRegistration _ = token.Register(cancelled.SetResult);
        return await Task.WhenAny(cancelled.Task, Task.Delay(10_000, CancellationToken.None)) == cancelled.Task;
    }

    private static Task Note(Notes notes, string text)
    {
        notes.Add(text);
        return Task.CompletedTask;
    }
}
