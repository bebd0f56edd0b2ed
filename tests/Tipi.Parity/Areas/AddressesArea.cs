using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tipi.Hosting;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>Where a server listens that is told so in one way or in several.</summary>
internal sealed partial class AddressesArea : IArea
{
    private static readonly SemaphoreSlim s_turn = new(1);

    public string Name => "Addresses";

    public string Meaning =>
        "The bound addresses as reported by the server, and the number of logged warnings; or the exception at "
        + "startup. A, B and C are ports; any is a port that the system chose.";

    private static IReadOnlyList<AddressCase> Cases { get; } =
    [
        new("nothing configured") { IsFixed = true },
        new("--urls http://127.0.0.1:A", "--urls=http://127.0.0.1:A"),
        new("--urls with two", "--urls=http://127.0.0.1:A;http://[::1]:B"),
        new("--urls http://localhost:A", "--urls=http://localhost:A"),
        new("--urls http://*:A", "--urls=http://*:A"),
        new("--urls http://+:A", "--urls=http://+:A"),
        new("--urls http://0.0.0.0:A", "--urls=http://0.0.0.0:A"),
        new("--urls http://[::]:A", "--urls=http://[::]:A"),
        new("--urls http://example.test:A", "--urls=http://example.test:A"),
        new("--urls http://127.0.0.1:0", "--urls=http://127.0.0.1:0"),
        new("--urls http://[::1]:0", "--urls=http://[::1]:0"),
        new("--urls http://localhost:0", "--urls=http://localhost:0"),
        new("--urls http://127.0.0.1:A/", "--urls=http://127.0.0.1:A/"),
        new("--urls http://127.0.0.1:A/base", "--urls=http://127.0.0.1:A/base"),
        new("--urls https://127.0.0.1:A without a certificate", "--urls=https://127.0.0.1:A"),
        new("--urls ftp://127.0.0.1:A", "--urls=ftp://127.0.0.1:A"),
        new("--urls 127.0.0.1:A", "--urls=127.0.0.1:A"),
        new("--urls nonsense", "--urls=nonsense"),
        new("--urls the same twice", "--urls=http://127.0.0.1:A;http://127.0.0.1:A"),
        new("--http_ports A", "--http_ports=:A"),
        new("--http_ports A;B", "--http_ports=:A;:B"),
        new("--https_ports A without a certificate", "--https_ports=:A"),
        new("--http_ports and --urls", "--http_ports=:A", "--urls=http://127.0.0.1:B"),
        new("Kestrel:Endpoints") { Configuration = Endpoint("http://127.0.0.1:B") },
        new("Kestrel:Endpoints localhost") { Configuration = Endpoint("http://localhost:B") },
        new("Kestrel:Endpoints *") { Configuration = Endpoint("http://*:B") },
        new("Kestrel:Endpoints port 0") { Configuration = Endpoint("http://127.0.0.1:0") },
        new("Kestrel:Endpoints without Url")
        {
            Configuration = new Dictionary<string, string?> { ["Kestrel:Endpoints:One:Protocols"] = "Http1" },
        },
        new("Kestrel:Endpoints with a path") { Configuration = Endpoint("http://127.0.0.1:B/base") },
        new("Kestrel:Endpoints nonsense") { Configuration = Endpoint("nonsense") },
        new("Kestrel:Endpoints https without a certificate") { Configuration = Endpoint("https://127.0.0.1:B") },
        new("Kestrel:Endpoints with an unknown protocol")
        {
            Configuration = new Dictionary<string, string?>
            {
                ["Kestrel:Endpoints:One:Url"] = "http://127.0.0.1:B",
                ["Kestrel:Endpoints:One:Protocols"] = "Http7",
            },
        },
        new("--urls and Kestrel:Endpoints", "--urls=http://127.0.0.1:A")
        {
            Configuration = Endpoint("http://127.0.0.1:B"),
        },
        new("--http_ports and Kestrel:Endpoints", "--http_ports=:A") { Configuration = Endpoint("http://127.0.0.1:B") },
        new("--urls, Kestrel:Endpoints, urls preferred", "--urls=http://127.0.0.1:A", "--preferHostingUrls=true")
        {
            Configuration = Endpoint("http://127.0.0.1:B"),
        },
        Coded(new("Listen in code")),
        Coded(new("Listen in code and --urls", "--urls=http://127.0.0.1:A")),
        Coded(new("Listen in code, --urls, urls preferred", "--urls=http://127.0.0.1:A", "--preferHostingUrls=true")),
        Coded(new("Listen in code and Kestrel:Endpoints") { Configuration = Endpoint("http://127.0.0.1:B") }),
        Coded(new("urls preferred and none", "--preferHostingUrls=true")),
        new("ListenLocalhost in code")
        {
            OnKestrel = (kestrel, port) => kestrel.ListenLocalhost(port),
            OnTipi = (tipi, port) => tipi.ListenLocalhost(port),
        },
        new("ListenAnyIP in code")
        {
            OnKestrel = (kestrel, port) => kestrel.ListenAnyIP(port),
            OnTipi = (tipi, port) => tipi.ListenAnyIP(port),
        },
        new("ListenAnyIP in code, port 0")
        {
            OnKestrel = (kestrel, _) => kestrel.ListenAnyIP(0),
            OnTipi = (tipi, _) => tipi.ListenAnyIP(0),
        },
        new("ListenLocalhost in code, port 0")
        {
            OnKestrel = (kestrel, _) => kestrel.ListenLocalhost(0),
            OnTipi = (tipi, _) => tipi.ListenLocalhost(0),
        },
        new("Unix socket by --urls", "--urls=http://unix:{socket}"),
        new("Unix socket by Kestrel:Endpoints") { Configuration = Endpoint("http://unix:{socket}") },
        new("Unix socket with a relative path", "--urls=http://unix:parity.sock"),
    ];

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new Dictionary<string, string>();
        foreach (AddressCase one in Cases)
        {
            await s_turn.WaitAsync();
            try
            {
                values[one.Name] = await AskCaseAsync(subject, one);
            }
            finally
            {
                s_turn.Release();
            }
        }
        return values;
    }

    private static async Task<string> AskCaseAsync(Subject subject, AddressCase one)
    {
        // Somebody else may use the port for a while that the default names.
        for (int attempt = 0; ; attempt++)
        {
            string value = await StartAsync(subject, one);
            if (!one.IsFixed || !value.StartsWith("fails: IOException", StringComparison.Ordinal) || attempt == 60)
                return value;
            await Task.Delay(500);
        }
    }

    private static async Task<string> StartAsync(Subject subject, AddressCase one)
    {
        var places = new Places();
        while (!places.AreDistinct) places = new Places();
        using var logs = new LogLines();
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            Args = [.. one.Arguments.Select(places.Fill)],
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Configuration.AddInMemoryCollection(
            one.Configuration.Select(pair => KeyValuePair.Create(pair.Key, (string?)places.Fill(pair.Value!))));
        builder.Logging.ClearProviders();
        builder.Logging.AddProvider(logs);
        if (subject == Subject.Kestrel) builder.WebHost.ConfigureKestrel(o => one.OnKestrel?.Invoke(o, places.C));
        else
        {
            builder.WebHost.UseTipi(options =>
            {
                options.Transport = Subjects.TransportOf(subject);
                one.OnTipi?.Invoke(options, places.C);
            });
        }
        try
        {
            await using WebApplication app = builder.Build();
            await app.StartAsync();
            var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
            string bound = string.Join(", ", addresses.Addresses.Select(places.Hide));
            await app.StopAsync();
            return $"{bound}; {logs.All.Count(line => line.Level >= LogLevel.Warning)} warnings";
        }
        catch (Exception error)
        {
            return $"fails: {error.GetType().Name}";
        }
    }

    private static Dictionary<string, string?> Endpoint(string url) => new() { ["Kestrel:Endpoints:One:Url"] = url };

    private static AddressCase Coded(AddressCase one) => one with
    {
        OnKestrel = (kestrel, port) => kestrel.Listen(IPAddress.Loopback, port),
        OnTipi = (tipi, port) => tipi.Listen(IPAddress.Loopback, port),
    };

    /// <summary>Free ports and a free path, and the letters that stand for them.</summary>
    private sealed partial class Places
    {
        private readonly string _socket = Path.Combine(Path.GetTempPath(), $"parity-{Guid.NewGuid():N}.sock");

        internal int A { get; } = FreePort();

        internal int B { get; } = FreePort();

        internal int C { get; } = FreePort();

        // A port that was free before may be chosen again.
        internal bool AreDistinct => A != B && B != C && A != C;

        internal string Fill(string text) => Letter().Replace(
            text.Replace("{socket}", _socket, StringComparison.Ordinal),
            found => (found.Value.Length == 2 && text.Contains("ports", StringComparison.Ordinal) ? "" : ":")
                + (found.Value[^1] == 'A' ? A : B).ToString(CultureInfo.InvariantCulture));

        internal string Hide(string address) => PortNumber().Replace(
            address.Replace(_socket, "…", StringComparison.Ordinal),
            found => ":" + (found.Value == $":{A}" ? "A" : found.Value == $":{B}" ? "B" : found.Value == $":{C}" ? "C"
                : found.Value == ":5000" ? "5000" : "any"));

        private static int FreePort()
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Any, 0));
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }

        [GeneratedRegex(":[AB]\\b")]
        private static partial Regex Letter();

        [GeneratedRegex(":[0-9]+$")]
        private static partial Regex PortNumber();
    }
}
