using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tests.Server;

namespace Tipi.Hosting.Tests.Http2;

/// <summary>What fails where nobody is above who could take it: it ends its connection, and nothing else.</summary>
public sealed class OutputFaultTests
{
    private const int Unsent = 32 * 1024 * 1024;

    /// <summary>A head that was in order when its response began, and is not when it has its turn.</summary>
    [Theory, OnEachTransport]
    public async Task A_head_that_fails_while_a_flush_waits_ends_its_connection(TipiTransport transport)
    {
        string[] values = ["in order"];
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(transport, async context =>
        {
            if (context.Request.Path == "/")
            {
                await context.Response.BodyWriter.WriteAsync(new byte[Unsent]);
                return;
            }
            context.Response.Headers["x-tenant"] = "of nobody";
            context.Response.Headers["x-changed"] = values;
            await context.Response.StartAsync();
            values[0] = new string('v', 2 * 1024 * 1024);
            await context.Response.BodyWriter.FlushAsync();
            begun.SetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        });
        using var meters = new MeterRecorder(server);
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, int.MaxValue));
        await client.GrantAsync(0, int.MaxValue - 65535);
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200"); // and the rest fills all that is between the two
        await Task.Delay(200);
        await client.HeadersAsync(3, Http2Client.Get.Replace(": /|", ": /changed|", StringComparison.Ordinal));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await client.ConnectionEndsAsync("INTERNAL_ERROR");
        await Eventually.NothingIsLeftAsync(meters);
        await AssertReportedAsync(server, 38);
        using Http2Client other = await Http2Client.ConnectAsync(server);
        await other.ConnectionGoesOnAsync();
    }

    /// <summary>The same in the call of another stream, which is about to end.</summary>
    [Theory, OnEachTransport]
    public async Task A_head_that_fails_is_not_told_to_another_response(TipiTransport transport)
    {
        string[] values = ["in order"];
        Exception? told = null;
        await using TestServer server = await StartAsync(transport, async context =>
        {
            context.Response.Headers["x-changed"] = values;
            try
            {
                await context.Response.StartAsync();
                values[0] = new string('v', 2 * 1024 * 1024);
                await context.Response.CompleteAsync();
            }
            catch (Exception error)
            {
                told = error;
                throw;
            }
        });
        using var meters = new MeterRecorder(server);
        using Http2Client client = await Http2Client.ConnectAsync(server);
        await client.HeadersAsync(1, Http2Client.Get);

        await client.ConnectionEndsAsync("INTERNAL_ERROR");
        await Eventually.NothingIsLeftAsync(meters);
        await AssertReportedAsync(server, 38);
        Assert.Null(told);
    }

    [Theory, OnEachTransport]
    public async Task A_bare_callback_of_a_flush_that_throws_is_reported(TipiTransport transport)
    {
        var waits = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using TestServer server = await StartAsync(transport, async context =>
        {
            PipeWriter body = context.Response.BodyWriter;
            body.Write(new byte[1024 * 1024]);
            ValueTask<FlushResult> flush = body.FlushAsync();
            Assert.False(flush.IsCompleted);
            var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            flush.GetAwaiter().UnsafeOnCompleted(() =>
            {
                called.SetResult();
                throw new InvalidOperationException("A callback of the application has failed.");
            });
            waits.SetResult();
            await called.Task;
            _ = flush.Result;
        });
        using Http2Client client = await Http2Client.ConnectAsync(server, (4, int.MaxValue));
        await client.HeadersAsync(1, Http2Client.Get);
        await client.HearsAsync("HEADERS 1 200");
        await waits.Task; // a callback of a flush that has ended would be the runtime's to call, and ends the process
        await client.GrantAsync(0, 10 * 1024 * 1024);

        Assert.Equal(1024 * 1024, (await client.AnswerAsync(1)).Body.Length);
        await Eventually.HoldsAsync(
            () => server.Logs.Any(line => line.Level >= LogLevel.Error), () => "nothing is reported");
    }

    private static async Task AssertReportedAsync(TestServer server, int eventId)
    {
        await Eventually.HoldsAsync(
            () => server.Logs.Any(line => line.EventId == eventId), () => "nothing is reported");
        Assert.All(
            server.Logs.Where(line => line.Level >= LogLevel.Error), line => Assert.Equal(eventId, line.EventId));
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, RequestDelegate application) =>
        TestServer.StartAsync(
            transport, application, options => options.Limits.MinResponseDataRate = null);
}
