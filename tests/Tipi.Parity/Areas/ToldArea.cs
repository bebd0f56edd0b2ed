using System.IO.Pipelines;
using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Parity.Servers;

namespace Tipi.Parity.Areas;

/// <summary>What code tells Kestrel, with UseTipi and without it.</summary>
internal sealed class ToldArea : IArea
{
    public string Name => "Options set for Kestrel in code";

    public string Meaning =>
        "The same `ConfigureKestrel` on both servers, for Tipi with `UseTipi()` after it: version, status, whether "
        + "there is a `Server` field, and body; or that the connection is refused.";

    private static IReadOnlyList<ToldCase> Cases { get; } =
    [
        new("AddServerHeader = false", told => told.AddServerHeader = false, address => ToldClient.AskAsync(address)),
        new("AllowSynchronousIO = true", told => told.AllowSynchronousIO = true,
            address => ToldClient.AskAsync(address, content: new StringContent("hello"))),
        new("AllowSynchronousIO as it is", static _ => { },
            address => ToldClient.AskAsync(address, content: new StringContent("hello"))),
        new("Limits.MaxRequestBodySize = 3", told => told.Limits.MaxRequestBodySize = 3,
            address => ToldClient.AskAsync(address, content: new StringContent("hello"))),
        new("Limits.MaxRequestHeaderCount = 3", told => told.Limits.MaxRequestHeaderCount = 3,
            address => ToldClient.AskAsync(address, headers: 5)),
        new("ConfigureEndpointDefaults: Http2", told => told.ConfigureEndpointDefaults(OnlyHttp2),
            address => ToldClient.AskAsync(address, HttpVersion.Version20)),
        new("ConfigureEndpointDefaults: a step before HTTP", told => told.ConfigureEndpointDefaults(Mark),
            address => ToldClient.AskAsync(address)),
        new("RequireCertificate, a client with one", Require,
            address => ToldClient.AskAsync(address, certificate: ToldClient.Own)),
        new("RequireCertificate, a client without", Require, address => ToldClient.AskAsync(address)),
        new("RequireCertificate, HTTP/2, a client with one", Require,
            address => ToldClient.AskAsync(address, HttpVersion.Version20, certificate: ToldClient.Own)),
        new("RequireCertificate, HTTP/2, a client without", Require,
            address => ToldClient.AskAsync(address, HttpVersion.Version20)),
        new("RequireCertificate in UseHttps of an endpoint, a client without", RequireThere,
            address => ToldClient.AskAsync(address)),
        new("SslProtocols = Tls13, a client of TLS 1.2", OnlyTls13,
            address => ToldClient.AskAsync(address, protocols: SslProtocols.Tls12)),
        new("UseConnectionHandler", told => told.Listen(IPAddress.Loopback, 0, Echo),
            address => ToldClient.EchoAsync(address, "echo")),
        new("Kestrel:Limits:MaxRequestBodySize = 3, which nobody binds", static _ => { },
            address => ToldClient.AskAsync(address, content: new StringContent("hello")))
        {
            Configuration = new Dictionary<string, string?> { ["Kestrel:Limits:MaxRequestBodySize"] = "3" },
        },
    ];

    public async Task<IReadOnlyDictionary<string, string>> AskAsync(Subject subject)
    {
        var values = new Dictionary<string, string>();
        foreach (ToldCase one in Cases) values[one.Name] = await AskCaseAsync(subject, one);
        return values;
    }

    private static async Task<string> AskCaseAsync(Subject subject, ToldCase one)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection([new("urls", "http://127.0.0.1:0"), .. one.Configuration]);
        builder.WebHost.ConfigureKestrel(one.Tell);
        if (subject != Subject.Kestrel)
            builder.WebHost.UseTipi(options => options.Transport = Subjects.TransportOf(subject));
        await using WebApplication app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        return await one.AskAsync(new Uri(addresses.Addresses.First()));
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        string body = "";
        if (context.Request.ContentLength > 0)
        {
            using var reader = new StreamReader(context.Request.Body);
            bool isSynchronous = context.Features.Get<IHttpBodyControlFeature>()!.AllowSynchronousIO;
            body = isSynchronous ? "synchronous " + reader.ReadToEnd() : await reader.ReadToEndAsync();
        }
        string mark = context.Features.Get<IConnectionItemsFeature>()!.Items.ContainsKey("mark") ? " marked" : "";
        string client = context.Connection.ClientCertificate?.Subject ?? "nobody";
        await context.Response.WriteAsync($"{client}{mark} {body}".TrimEnd());
    }

    private static void OnlyHttp2(ListenOptions endpoint) => endpoint.Protocols = HttpProtocols.Http2;

    private static void Mark(ListenOptions endpoint) => endpoint.Use(next => connection =>
    {
        connection.Items["mark"] = true;
        return next(connection);
    });

    private static void Require(KestrelServerOptions told)
    {
        told.ConfigureHttpsDefaults(Require);
        told.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.UseHttps(TestCertificate.Own));
    }

    private static void RequireThere(KestrelServerOptions told) =>
        told.Listen(IPAddress.Loopback, 0, static endpoint => endpoint.UseHttps(TestCertificate.Own, Require));

    private static void Require(HttpsConnectionAdapterOptions https)
    {
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.AllowAnyClientCertificate();
    }

    private static void OnlyTls13(KestrelServerOptions told) => told.Listen(
        IPAddress.Loopback, 0,
        static endpoint => endpoint.UseHttps(
            TestCertificate.Own, static https => https.SslProtocols = SslProtocols.Tls13));

    private static void Echo(ListenOptions endpoint) => endpoint.Run(static async connection =>
    {
        ReadResult read = await connection.Transport.Input.ReadAtLeastAsync(4);
        foreach (ReadOnlyMemory<byte> part in read.Buffer) await connection.Transport.Output.WriteAsync(part);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
    });
}
