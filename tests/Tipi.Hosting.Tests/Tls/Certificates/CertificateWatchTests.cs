using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Tls.Certificates;

/// <summary>The switch that turns the watching off is the whole process's.</summary>
[Collection(Alone.Name)]
public sealed class CertificateWatchTests : IDisposable
{
    private const string Switch = "Microsoft.AspNetCore.Server.Kestrel.DisableCertificateFileWatching";

    private readonly TestAuthority _authority = new();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        AppContext.SetSwitch(Switch, false);
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory, OnEachTransport]
    public async Task Kestrels_switch_turns_it_off(TipiTransport transport)
    {
        X509Certificate2 first = _authority.Issue("a.example"), second = _authority.Issue("a.example");
        string path = _folder.Write("a.pfx", _authority.ToPfx(first, "pw"));
        AppContext.SetSwitch(Switch, true);
        await using TestServer blind = await StartAsync(transport, path);
        AppContext.SetSwitch(Switch, false);
        await using TestServer watching = await StartAsync(transport, path);
        Assert.Equal(first.Thumbprint, await ThumbprintAsync(blind));
        Assert.Equal(first.Thumbprint, await ThumbprintAsync(watching));

        _folder.Write("a.pfx", _authority.ToPfx(second, "pw"));
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await ThumbprintAsync(watching) != second.Thumbprint) await Task.Delay(50, late.Token);
        await Task.Delay(TimeSpan.FromSeconds(2)); // the other one would look once a second

        Assert.Equal(first.Thumbprint, await ThumbprintAsync(blind));
    }

    [Theory, OnEachTransport]
    public async Task A_log_that_fails_does_not_end_it(TipiTransport transport)
    {
        const int Replaced = 1, Kept = 2;
        var log = new FailingLog(Replaced, Kept);
        string path = _folder.Write("a.pfx", _authority.ToPfx(_authority.Issue("a.example"), "pw"));
        await using TestServer server = await TestServer.StartAppAsync(
            transport, static app => app.Run(static _ => Task.CompletedTask),
            options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(path, "pw")),
            services => services.AddSingleton<ILoggerProvider>(log));

        for (int i = 0; i < 2; i++)
        {
            _folder.Write("a.pfx", "broken"u8.ToArray());
            await log.Failed.Task.WaitAsync(TimeSpan.FromSeconds(60));
            X509Certificate2 next = _authority.Issue("a.example");
            _folder.Write("a.pfx", _authority.ToPfx(next, "pw"));
            using var late = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (await ThumbprintAsync(server) != next.Thumbprint) await Task.Delay(50, late.Token);
        }
    }

    private static Task<TestServer> StartAsync(TipiTransport transport, string path) => TestServer.StartAsync(
        transport, static _ => Task.CompletedTask,
        options => options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(path, "pw")));

    private static async Task<string> ThumbprintAsync(TestServer server)
    {
        using TlsClient client = await TlsClient.ConnectAsync(server.Ports[1], options =>
            options.RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null);
        return new X509Certificate2(client.Stream.RemoteCertificate!).Thumbprint;
    }
}
