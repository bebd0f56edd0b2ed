using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>A host with Tipi whose code tells Kestrel something as well.</summary>
internal sealed class ToldApp : IAsyncDisposable
{
    private const int TakenOver = 70;

    private readonly WebApplication _app;

    private ToldApp(WebApplication app, LogRecorder logs)
    {
        _app = app;
        Logs = logs;
    }

    internal LogRecorder Logs { get; }

    internal TipiServerOptions Options => _app.Services.GetRequiredService<IOptions<TipiServerOptions>>().Value;

    internal string[] Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    internal int Port => new Uri(Addresses[0]).Port;

    /// <summary>What the line about it says; null without one.</summary>
    internal string? TakenOverText => Text(TakenOver);

    internal static async Task<ToldApp> StartAsync(
        TipiTransport transport, Action<KestrelServerOptions> tell, Telling telling = Telling.ConfigureKestrelBefore,
        Action<TipiServerOptions>? tipi = null, Action<WebApplicationBuilder>? build = null,
        RequestDelegate? application = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        var logs = new LogRecorder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0")]);
        build?.Invoke(builder);
        TellFirst(builder, tell, telling);
        builder.WebHost.UseTipi(options =>
        {
            options.Transport = transport;
            tipi?.Invoke(options);
        });
        TellLast(builder, tell, telling);
        WebApplication app = builder.Build();
        app.Run(application ?? (static context => context.Response.WriteAsync(
            $"{context.Request.Protocol} {context.Connection.ClientCertificate?.Subject ?? "nobody"}")));
        var told = new ToldApp(app, logs);
        try
        {
            await app.StartAsync();
            return told;
        }
        catch
        {
            await told.DisposeAsync();
            throw;
        }
    }

    internal string? Text(int id) =>
        Logs.Records.Where(one => one.Category == "Tipi.Server" && one.EventId == id)
            .Select(one => one.Text).SingleOrDefault();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void TellFirst(WebApplicationBuilder builder, Action<KestrelServerOptions> tell, Telling telling)
    {
        switch (telling)
        {
            case Telling.ConfigureKestrelBefore: builder.WebHost.ConfigureKestrel(tell); break;
            case Telling.ConfigureKestrelWithContext: builder.WebHost.ConfigureKestrel((_, one) => tell(one)); break;
            case Telling.UseKestrelBefore: builder.WebHost.UseKestrel(tell); break;
            case Telling.ServicesBefore: builder.Services.Configure(tell); break;
        }
    }

    private static void TellLast(WebApplicationBuilder builder, Action<KestrelServerOptions> tell, Telling telling)
    {
        switch (telling)
        {
            case Telling.ConfigureKestrelAfter: builder.WebHost.ConfigureKestrel(tell); break;
            case Telling.ServicesAfter: builder.Services.Configure(tell); break;
            case Telling.PostConfigure: builder.Services.PostConfigure(tell); break;
            case Telling.OptionsClass:
                builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(new ToldOptions(tell));
                break;
        }
    }
}
