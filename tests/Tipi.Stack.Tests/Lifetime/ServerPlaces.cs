using Tipi.Hosting;

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>The ways in which a host is made, each with Tipi.</summary>
internal static class ServerPlaces
{
    internal const string Address = "http://127.0.0.1:0";

    internal static readonly string[] Builders =
    [
        "CreateBuilder", "CreateSlimBuilder", "CreateEmptyBuilder", "CreateDefaultBuilder", "HostBuilder",
        "UrlsAfter", "Twice", "KestrelConfiguredBefore", "KestrelConfiguredAfter", "KestrelBefore",
    ];

    /// <summary>A host, not started, whose application says <c>tipi</c>.</summary>
    internal static IHost Build(string way, StackServer server) => way switch
    {
        "CreateBuilder" => Minimal(WebApplication.CreateBuilder(), server),
        "CreateSlimBuilder" => Minimal(WebApplication.CreateSlimBuilder(), server),
        "CreateEmptyBuilder" => Minimal(Empty(), server),
        "CreateDefaultBuilder" =>
            Host.CreateDefaultBuilder().ConfigureWebHostDefaults(web => Answer(web, server)).Build(),
        "HostBuilder" => new HostBuilder().ConfigureWebHost(web => Answer(web, server)).Build(),
        "UrlsAfter" => With(web => web.UseTipi(Choose(server)).UseUrls(Address)),
        "Twice" => With(web => web.UseTipi().UseUrls(Address).UseTipi(Choose(server))),
        "KestrelConfiguredBefore" => With(
            web => web.ConfigureKestrel(_ => { }).UseUrls(Address).UseTipi(Choose(server))),
        "KestrelConfiguredAfter" => With(
            web => web.UseTipi(Choose(server)).UseUrls(Address).ConfigureKestrel(_ => { })),
        "KestrelBefore" => With(web => web.UseKestrel().UseUrls(Address).UseTipi(Choose(server))),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };

    internal static WebApplication With(Action<IWebHostBuilder> configure)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        configure(builder.WebHost);
        WebApplication app = builder.Build();
        app.Run(static context => context.Response.WriteAsync("tipi"));
        return app;
    }

    internal static Action<TipiServerOptions> Choose(StackServer server) =>
        options => options.Transport = server.Transport();

    private static WebApplication Minimal(WebApplicationBuilder builder, StackServer server)
    {
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address).UseTipi(Choose(server));
        WebApplication app = builder.Build();
        app.Run(static context => context.Response.WriteAsync("tipi"));
        return app;
    }

    private static WebApplicationBuilder Empty()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddLogging();
        return builder;
    }

    /// <summary>The application, the address and the server, in a builder that has none of them.</summary>
    internal static IWebHostBuilder Answer(this IWebHostBuilder web, StackServer server) => web
        .ConfigureLogging(logging => logging.ClearProviders())
        .UseUrls(Address)
        .UseStackServer(server)
        .Configure(app => app.Run(static context => context.Response.WriteAsync("tipi")));
}
