using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Tipi.Tests.Kernel;

namespace Tipi.Transport.Uring.Tests;

public sealed class UringWebHostBuilderExtensionsTests
{
    [Theory(Timeout = Kernel.TestLimitMs)]
    [InlineData(RingScheduling.Inline)]
    [InlineData(RingScheduling.ThreadPool)]
    public async Task Kestrel_serves_on_the_rings(RingScheduling scheduling)
    {
        Kernel.NeedRing();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.WebHost.UseUringTransport(options => (options.RingCount, options.Scheduling) = (2, scheduling));
        await using var app = builder.Build();
        app.MapGet("/", () => "hello");
        app.MapGet("/blocked", () =>
        {
            Thread.Sleep(50);
            return "late";
        });
        app.MapPost("/echo", (HttpRequest request, HttpResponse response) => request.Body.CopyToAsync(response.Body));
        await app.StartAsync();
        var factory = Assert.IsType<UringConnectionListenerFactory>(
            app.Services.GetServices<IConnectionListenerFactory>().Last());
        Assert.Equal(2, factory.RingCount);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AskAsync(client, i)));
        await app.StopAsync();
    }

    [Fact(Timeout = Kernel.TestLimitMs)]
    public async Task Where_the_ring_is_missing_kestrel_keeps_its_sockets_and_one_warning_says_why()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "seccomp exists on Linux only");
        using var lines = new LogLines();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton<ILoggerFactory>(lines);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        await using var app = ForbiddingThread.Run(ForbiddingThread.Eperm, () =>
        {
            builder.WebHost.UseUringTransport();
            return builder.Build();
        });
        app.MapGet("/", () => "hello");
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        Assert.Equal("hello", await client.GetStringAsync(new Uri("/", UriKind.Relative)));
        Assert.Single(lines.All, line => line.Text.Contains("seccomp", StringComparison.Ordinal));
        await app.StopAsync();
    }

    private static async Task AskAsync(HttpClient client, int seed)
    {
        var body = Payload.Random(seed, seed * 20_000);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal("hello", await client.GetStringAsync(new Uri("/", UriKind.Relative)));
            if (seed == 0) Assert.Equal("late", await client.GetStringAsync(new Uri("/blocked", UriKind.Relative)));
            using var answer = await client.PostAsync(new Uri("/echo", UriKind.Relative), new ByteArrayContent(body));
            Assert.Equal(Payload.Hash(body), Payload.Hash(await answer.Content.ReadAsByteArrayAsync()));
        }
    }
}
