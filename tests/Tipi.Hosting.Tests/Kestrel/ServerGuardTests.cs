using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Server;

namespace Tipi.Hosting.Tests.Kestrel;

public sealed class ServerGuardTests
{
    private static WebApplication Build(Action<WebApplicationBuilder> add)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0")]);
        builder.WebHost.UseTipi(options => options.Transport = TipiTransport.Sockets);
        add(builder);
        return builder.Build();
    }

    [Fact]
    public async Task UseKestrel_after_UseTipi_stops_the_start()
    {
        Action<WebApplicationBuilder>[] ways =
        [
            builder => builder.WebHost.UseKestrel(), builder => builder.WebHost.UseKestrelCore(),
            builder => builder.WebHost.UseKestrel(static _ => { }),
        ];
        foreach (Action<WebApplicationBuilder> way in ways)
        {
            await using WebApplication app = Build(way);
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => app.StartAsync());
            Assert.Contains("UseKestrel was called after UseTipi", error.Message);
            Assert.Contains("ConfigureKestrel", error.Message);
        }
    }

    [Fact]
    public async Task ConfigureKestrel_after_it_does_not()
    {
        await using WebApplication app = Build(builder => builder.WebHost.ConfigureKestrel(static _ => { }));
        await app.StartAsync();
        Assert.IsType<TipiServer>(app.Services.GetRequiredService<IServer>());
    }

    /// <summary>As the server of WebApplicationFactory.</summary>
    [Fact]
    public async Task Another_server_is_chosen_on_purpose()
    {
        await using WebApplication app = Build(builder => builder.Services.AddSingleton<IServer, NoServer>());
        await app.StartAsync();
        Assert.IsType<NoServer>(app.Services.GetRequiredService<IServer>());
    }

    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
