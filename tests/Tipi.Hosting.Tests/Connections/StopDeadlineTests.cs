using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Tests.Tls;

namespace Tipi.Hosting.Tests.Connections;

/// <summary>A stop ends, whatever is stuck and whoever asks for it.</summary>
public sealed class StopDeadlineTests : IDisposable
{
    private const int StepLate = 59;
    private const string Get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, OnEachTransport]
    public async Task Whoever_stops_the_server_while_it_stops_waits_for_the_same_stop(TipiTransport transport)
    {
        for (int round = 0; round < 5; round++)
        {
            WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseTipi(options =>
            {
                options.Transport = transport;
                options.Listen(IPAddress.Loopback, 0);
            });
            await using WebApplication app = builder.Build();
            var server = app.Services.GetRequiredService<IServer>();
            Task stops = Task.CompletedTask;
            app.Run(context =>
            {
                stops = Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => server.StopAsync(default))));
                app.Lifetime.StopApplication();
                return context.Response.WriteAsync("ok");
            });
            var started = new TaskCompletionSource();
            using CancellationTokenRegistration registration =
                app.Lifetime.ApplicationStarted.Register(started.SetResult);
            Task run = app.RunAsync();
            await started.Task.WaitAsync(s_patience);
            string address = server.Features.Get<IServerAddressesFeature>()!.Addresses.Single();
            using var client = new HttpClient();
            Assert.Equal("ok", await client.GetStringAsync(address));
            await run.WaitAsync(s_patience);
            await stops.WaitAsync(s_patience);
        }
    }

    [Theory, OnEachTransport]
    public async Task A_later_caller_with_less_time_ends_the_stop_earlier(TipiTransport transport)
    {
        var running = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            using CancellationTokenRegistration registration = context.RequestAborted.Register(aborted.SetResult);
            running.SetResult();
            await aborted.Task;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;
        Task first = server.Services.GetRequiredService<IServer>().StopAsync(default);
        Assert.False(first.IsCompleted);
        await server.StopAsync(TimeSpan.FromMilliseconds(100));
        await first.WaitAsync(s_patience);
        await aborted.Task.WaitAsync(s_patience);
    }

    [Theory, OnEachTransport]
    public async Task A_certificate_file_that_hangs_does_not_hold_the_stop(TipiTransport transport)
    {
        using var authority = new TestAuthority();
        using X509Certificate2 certificate = authority.Issue("localhost");
        string path = _folder.Write("a.pfx", authority.ToPfx(certificate, null));
        await using TestServer server = await TestServer.StartAsync(transport, _ => Task.CompletedTask, options =>
            options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(path)));
        File.Delete(path);
        await MakePipeAsync(path);
        await Task.Delay(TimeSpan.FromSeconds(2.5)); // it is looked at once a second
        await server.StopAsync(TimeSpan.FromMinutes(5)).WaitAsync(s_patience);
        await using var release = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
    }

    [Theory, OnEachTransport]
    public async Task An_application_that_blocks_when_it_is_asked_to_end_is_aborted(TipiTransport transport)
    {
        using var release = new ManualResetEventSlim();
        var running = new TaskCompletionSource();
        var aborted = new TaskCompletionSource();
        await using TestServer server = await TestServer.StartAsync(transport, async context =>
        {
            context.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>().ConnectionClosedRequested
                .Register(() => release.Wait(s_patience));
            using CancellationTokenRegistration registration = context.RequestAborted.Register(aborted.SetResult);
            running.SetResult();
            await aborted.Task;
        });
        using RawClient client = await server.ConnectAsync();
        await client.SendAsync(Get);
        await running.Task;
        Task stop = server.StopAsync(TimeSpan.FromMilliseconds(300));
        await aborted.Task.WaitAsync(s_patience / 2);
        await stop.WaitAsync(s_patience / 2);
        release.Set();
    }

    [Theory, OnEachTransport]
    public async Task An_access_log_that_is_a_pipe_holds_neither_the_start_nor_the_stop(TipiTransport transport)
    {
        string path = Path.Combine(_folder.Path, "log");
        await MakePipeAsync(path);
        await using TestServer server = await TestServer.StartAsync(
            transport, _ => Task.CompletedTask, options =>
            {
                options.AccessLog.Path = path;
                options.AccessLog.Format = AccessLogFormat.Combined;
                options.AccessLog.QueueLimit = 50;
            }).WaitAsync(s_patience);
        Assert.Contains(server.Logs, record => record.EventId == 58);
        Assert.Equal(200, (await server.AskAsync("GET /first HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        using (var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read)))
        {
            string? line = await reader.ReadLineAsync().WaitAsync(s_patience);
            Assert.Contains("/first", line);
        }
        // More than a pipe holds, and nobody reads.
        string target = new('x', 4000);
        for (int i = 0; i < 100; i++)
            Assert.Equal(200, (await server.AskAsync($"GET /{target} HTTP/1.1\r\nHost: a\r\n\r\n")).Status);
        await server.StopAsync(TimeSpan.FromSeconds(1)).WaitAsync(s_patience);
    }

    [Fact]
    public async Task A_step_that_is_late_is_named_and_the_others_are_taken()
    {
        var logs = new LogRecorder();
        var deadline = new StopDeadline(logs.CreateLogger("a"));
        var steps = new StopSteps(deadline);
        var stuck = new TaskCompletionSource();
        bool isTaken = false;
        await steps.TakeAsync("fails", () => throw new InvalidDataException());
        Task late = steps.TakeAsync("stuck", () => stuck.Task);
        deadline.Add(new CancellationToken(canceled: true));
        await late.WaitAsync(s_patience);
        await steps.TakeAsync("after", () => isTaken = true);
        Assert.True(isTaken);
        Assert.Throws<InvalidDataException>(steps.ThrowIfAnyFailed);
        for (int i = 0; i < 500 && logs.Records.IsEmpty; i++) await Task.Delay(20);
        LogRecord record = Assert.Single(logs.Records);
        Assert.Equal(StepLate, record.EventId);
        Assert.Contains("stuck", record.Text);
    }

    [Fact]
    public async Task A_step_has_some_time_after_the_deadline_and_no_more_than_it_is_given_before()
    {
        var deadline = new StopDeadline(NullLogger.Instance);
        var never = new TaskCompletionSource();
        await deadline.TakeAsync("late", () => never.Task, TimeSpan.Zero, TimeSpan.Zero).WaitAsync(s_patience);
        deadline.Add(new CancellationToken(canceled: true));
        bool hasEnded = false;
        await deadline.TakeAsync(
            "quick",
            async () =>
            {
                await Task.Delay(50);
                hasEnded = true;
            },
            grace: s_patience);
        Assert.True(hasEnded);
    }

    private static async Task MakePipeAsync(string path)
    {
        using Process made = Process.Start("mkfifo", path);
        await made.WaitForExitAsync();
        Assert.Equal(0, made.ExitCode);
    }
}
