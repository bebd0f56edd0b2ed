using System.Reflection;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Parity.Frames;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>Which of the framework's feature interfaces a request, its connection and the server answer.</summary>
internal sealed class FeaturesArea : IArea
{
    public string Name => "Features";

    public string Meaning =>
        "listed: among the request's features; asked: only by its type. Interfaces that no server has are omitted.";

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new Dictionary<string, string>();
        string version = "";
        await using SubjectServer server = await SubjectServer.StartAsync(subject, Settings.Defaults, Application);
        foreach (string minor in (string[])["1", "0"])
        {
            version = $"HTTP/1.{minor}";
            using Wire wire = await server.ConnectAsync();
            await wire.SendAsync($"GET / {version}\r\nHost: a\r\nConnection: close\r\n\r\n");
            await wire.ReadToEndAsync();
        }
        foreach (var (type, _) in server.Server.Features) values[$"server: {type.Name}"] = "listed";
        version = "HTTP/2";
        await using SubjectServer http2 = await SubjectServer.StartAsync(subject, Settings.Http2, Application);
        await AskFramesAsync(http2, isEncrypted: false);
        await using SubjectServer tls = await SubjectServer.StartAsync(subject, Settings.Tls, Application);
        version = "TLS, HTTP/2";
        await AskFramesAsync(tls, isEncrypted: true);
        version = "TLS, HTTP/1.1";
        using Wire encrypted = await tls.EncryptAsync(Links.Tls());
        await encrypted.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        await encrypted.ReadToEndAsync();
        return values;

        Task Application(HttpContext context)
        {
            foreach (Type type in FeatureTypes())
            {
                if (See(context.Features, type) is { } seen) values[$"{version}: {type.Name}"] = seen;
            }
            return Task.CompletedTask;
        }
    }

    private static async Task AskFramesAsync(SubjectServer server, bool isEncrypted)
    {
        using FrameWire wire = await FrameWire.ConnectAsync(server.Port, isEncrypted);
        await wire.SendAsync(Say.Headers(1, isEncrypted ? Say.SecureGet : Say.Get));
        await wire.SeeEndAsync(1);
    }

    private static string? See(IFeatureCollection features, Type type)
    {
        if (features.Any(pair => pair.Key == type)) return "listed";
        return features[type] is null ? null : "asked";
    }

    private static IEnumerable<Type> FeatureTypes()
    {
        string framework = Path.GetDirectoryName(typeof(HttpContext).Assembly.Location)!;
        return Directory.EnumerateFiles(framework, "Microsoft.AspNetCore*.dll").Order(StringComparer.Ordinal)
            .SelectMany(path => Assembly.LoadFrom(path).GetExportedTypes())
            .Where(type => type.IsInterface && type.Name.EndsWith("Feature", StringComparison.Ordinal))
            .OrderBy(type => type.FullName, StringComparer.Ordinal);
    }
}
