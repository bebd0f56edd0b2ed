using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Configuration;

/// <summary>A host with Tipi whose configuration can change.</summary>
internal sealed class ConfiguredApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LogRecorder _logs = new();

    private ConfiguredApp(
        TipiTransport transport, Dictionary<string, string?> settings, Action<TipiServerOptions>? configure,
        Action<WebApplicationBuilder>? build)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(_logs);
        builder.Configuration.AddInMemoryCollection(settings);
        builder.WebHost.UseTipi(options =>
        {
            options.Transport = transport;
            configure?.Invoke(options);
        });
        build?.Invoke(builder);
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    internal IEnumerable<LogRecord> Logs => _logs.Records.Where(record => record.Category.StartsWith("Tipi."));

    internal IServiceProvider Services => _app.Services;

    /// <summary>Completes when a request to <c>/slow</c> may be answered.</summary>
    internal TaskCompletionSource Slow { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a request to <c>/slow</c> has come.</summary>
    internal TaskCompletionSource SlowBegan { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string[] Addresses =>
        [.. _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses];

    /// <summary>Builds, which reads the options; nothing is bound.</summary>
    internal static ConfiguredApp Build(
        TipiTransport transport, Dictionary<string, string?> settings,
        Action<TipiServerOptions>? configure = null, Action<WebApplicationBuilder>? build = null) =>
        new(transport, settings, configure, build);

    internal static async Task<ConfiguredApp> StartAsync(
        TipiTransport transport, Dictionary<string, string?> settings,
        Action<TipiServerOptions>? configure = null, Action<WebApplicationBuilder>? build = null)
    {
        ConfiguredApp app = Build(transport, settings, configure, build);
        try
        {
            await app._app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>Changes keys, null to take one away, and tells everybody at once.</summary>
    internal void Change(params (string Key, string? Value)[] changes)
    {
        var root = (IConfigurationRoot)_app.Configuration;
        foreach ((string key, string? value) in changes) root[key] = value;
        root.Reload();
    }

    internal static Task<RawClient> ConnectAsync(string address) =>
        RawClient.ConnectAsync(IPEndPoint.Parse(address["http://".Length..]));

    internal static async Task<RawResponse> AskAsync(string address, string path = "/")
    {
        using RawClient client = await ConnectAsync(address);
        await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
        return await client.ReadResponseAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        if (context.Request.Path == "/slow")
        {
            SlowBegan.TrySetResult();
            await Slow.Task;
        }
        await context.Response.WriteAsync($"port {context.Connection.LocalPort}");
    }
}
