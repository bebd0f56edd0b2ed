using System.Net;

namespace Tipi.Hosting.Tests.Contract;

public sealed class CallbackTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    [Theory, OnEachWire]
    public async Task They_run_last_first_and_may_change_headers(TipiTransport transport, Wire wire)
    {
        var order = new List<string>();
        var completed = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            context.Response.OnStarting(() => Note("start 1"));
            context.Response.OnStarting(async () =>
            {
                await Task.Yield();
                context.Response.StatusCode = 202;
                context.Response.Headers["X-Start"] = "yes";
                await Note("start 2");
            });
            context.Response.OnCompleted(async () =>
            {
                await Note("done 1");
                completed.SetResult();
            });
            context.Response.OnCompleted(() => Note("done 2"));
            return context.Request.Path == "/empty" ? Task.CompletedTask : context.Response.WriteAsync("x");
        });
        foreach (string path in new[] { "/", "/empty" })
        {
            using HttpResponseMessage response = await server.SendAsync("GET", path);
            Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
            Assert.Equal("yes", response.Headers.GetValues("X-Start").Single());
            await completed.Task.WaitAsync(s_patience);
            Assert.Equal(["start 2", "start 1", "done 2", "done 1"], order);
            completed = new TaskCompletionSource();
            order.Clear();
        }

        Task Note(string what)
        {
            lock (order) order.Add(what);
            return Task.CompletedTask;
        }
    }

    [Theory, OnEachWire]
    public async Task One_that_fails_at_the_start_makes_a_500(TipiTransport transport, Wire wire)
    {
        await using WireServer server = await WireServer.StartAsync(transport, wire, async context =>
        {
            if (context.Request.Path == "/fine") return;
            context.Response.Headers["X-Gone"] = "1";
            context.Response.OnStarting(() => throw new NotSupportedException());
            if (context.Request.Path == "/write")
                await Assert.ThrowsAsync<NotSupportedException>(() => context.Response.WriteAsync("hello"));
        });
        foreach (string path in new[] { "/write", "/end" })
        {
            using HttpResponseMessage response = await server.SendAsync("GET", path);
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.False(response.Headers.Contains("X-Gone"));
            Assert.Empty(await response.Content.ReadAsStringAsync());
            Assert.Empty(await server.GetTextAsync("/fine"));
        }
    }

    [Theory, OnEachWire]
    public async Task One_that_fails_at_the_end_is_logged_and_the_others_run(TipiTransport transport, Wire wire)
    {
        var ran = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(transport, wire, context =>
        {
            context.Response.OnCompleted(() =>
            {
                ran.SetResult();
                return Task.CompletedTask;
            });
            context.Response.OnCompleted(() => throw new InvalidOperationException("callback"));
            return Task.CompletedTask;
        });
        Assert.Empty(await server.GetTextAsync());
        await ran.Task.WaitAsync(s_patience);
        Assert.Contains(server.Logs, record => record.EventId == 14 && record.Error!.Message == "callback");
    }
}
