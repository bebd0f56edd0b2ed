using Tipi.Compare.App.Real;

namespace Tipi.Compare.App;

/// <summary>The applications under test, by name.</summary>
internal static class ApplicationChoice
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "plaintext", "echo", "sized", "upload", "websocket", "yield", "sleep", "sleep-endpoint", "commit", "full",
        "full-yield", "fortunes", "sqlite", "upstream", "razor", "events", "grpc",
        "siege", "siege-16k", "siege-64k", "siege-overload", "siege-address",
        "siege-h2", "siege-tls",
    ];

    private static readonly string[] s_slim =
        ["plaintext", "echo", "sized", "upload", "websocket", "yield", "sleep"];

    /// <summary>Builds one; <paramref name="prepare"/> runs before the host is built.</summary>
    public static WebApplication Build(string name, Action<WebApplicationBuilder> prepare)
    {
        var builder = s_slim.Contains(name) || name.StartsWith("siege", StringComparison.Ordinal)
            ? WebApplication.CreateSlimBuilder()
            : WebApplication.CreateBuilder();
        prepare(builder);
        if (name == "razor") builder.Services.AddRazorPages();
        if (name == "grpc") builder.Services.AddGrpc();
        var app = builder.Build();
        switch (name)
        {
            case "plaintext":
                app.Run(Handlers.PlaintextAsync);
                break;
            case "echo":
                app.Run(Handlers.EchoAsync);
                break;
            case "sized":
                app.Run(Handlers.SizedAsync);
                break;
            case "upload":
                app.Run(Handlers.UploadAsync);
                break;
            case "websocket":
                app.UseWebSockets();
                app.Run(EchoSocket.AnswerAsync);
                break;
            case "yield":
                app.Run(Handlers.YieldAsync);
                break;
            case "sleep":
                app.Run(Handlers.SleepWhenAskedAsync);
                break;
            case "sleep-endpoint":
                app.MapGet("/", Handlers.PlaintextAsync);
                app.MapGet("/sleep", Handlers.SleepAsync);
                break;
            case "commit":
                var file = new DurableFile();
                app.Lifetime.ApplicationStopped.Register(file.Dispose);
                app.MapGet("/", Handlers.PlaintextAsync);
                app.MapGet("/commit", context => Handlers.CommitAsync(context, file));
                break;
            case "full":
                app.MapGet("/plaintext", () => "Hello, World!");
                app.MapGet("/json", () => new Greeting("Hello, World!"));
                break;
            case "full-yield":
                app.MapGet("/", Handlers.YieldedTextAsync);
                break;
            case "fortunes":
                FortunePage.Map(app);
                break;
            case "sqlite":
                NoteBook.Map(app);
                break;
            case "upstream":
                UpstreamPage.Map(app);
                break;
            case "razor":
                app.MapRazorPages();
                break;
            case "events":
                EventStream.Map(app);
                break;
            case "grpc":
                app.MapGrpcService<GreeterService>();
                break;
            case var siege when siege.StartsWith("siege", StringComparison.Ordinal):
                SiegeLimits.Use(app, name);
                app.Run(SiegeHandlers.AnswerAsync);
                break;
            default:
                throw new ArgumentException($"Unknown application '{name}'.", nameof(name));
        }

        return app;
    }
}
