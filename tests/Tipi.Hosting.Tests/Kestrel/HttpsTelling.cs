using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Configuration;
using Tipi.Hosting.Tests.Tls;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>An app that tells Kestrel in one of the shapes how to encrypt.</summary>
internal static class HttpsTelling
{
    internal static Task<ToldApp> StartAsync(
        TipiTransport transport, HttpsShape shape, Action<HttpsConnectionAdapterOptions> https,
        RequestDelegate? application = null) =>
        ToldApp.StartAsync(
            transport, told => Tell(told, shape, https), Telling.ConfigureKestrelAfter,
            tipi =>
            {
                if (shape != HttpsShape.DefaultsForTipi) return;
                tipi.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps());
            },
            builder => builder.Configuration.AddInMemoryCollection(SettingsOf(shape)), application);

    private static IEnumerable<KeyValuePair<string, string?>> SettingsOf(HttpsShape shape) => shape switch
    {
        HttpsShape.DefaultsForUrls => [new("urls", "https://127.0.0.1:0")],
        HttpsShape.DefaultsForConfiguration or HttpsShape.NamedEndpoint =>
            [new("Kestrel:Endpoints:A:Url", "https://127.0.0.1:0")],
        _ => [],
    };

    private static void Tell(
        KestrelServerOptions told, HttpsShape shape, Action<HttpsConnectionAdapterOptions> https)
    {
        void Encrypt(ListenOptions endpoint) => endpoint.UseHttps(TestPolicy.Certificate, https);
        switch (shape)
        {
            case HttpsShape.DefaultsForUrls or HttpsShape.DefaultsForTipi or HttpsShape.DefaultsForConfiguration:
                told.ConfigureHttpsDefaults(options => https(WithCertificate(options)));
                break;
            case HttpsShape.Listen:
                told.Listen(IPAddress.Loopback, 0, Encrypt);
                break;
            case HttpsShape.ListenWithOptions:
                var whole = WithCertificate(new HttpsConnectionAdapterOptions());
                https(whole);
                told.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(whole));
                break;
            case HttpsShape.Callback:
                var callback = new TlsHandshakeCallbackOptions
                {
                    OnConnection = context => new(Choose(context, https)),
                };
                told.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(callback));
                break;
            case HttpsShape.Selection:
                told.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(
                    (stream, hello, state, _) => new(Offer((Action<HttpsConnectionAdapterOptions>)state!)), https));
                break;
            case HttpsShape.EndpointDefaults:
                told.ConfigureEndpointDefaults(Encrypt);
                break;
            case HttpsShape.NamedEndpoint:
                told.ConfigurationLoader!.Endpoint("a", endpoint =>
                {
                    Assert.True(endpoint.IsHttps);
                    https(WithCertificate(endpoint.HttpsOptions));
                });
                break;
            case HttpsShape.LoaderEndpoint:
                told.ConfigurationLoader!.Endpoint(IPAddress.Loopback, 0, Encrypt);
                break;
        }
    }

    private static SslServerAuthenticationOptions Choose(
        TlsHandshakeCallbackContext context, Action<HttpsConnectionAdapterOptions> https)
    {
        Assert.NotNull(context.SslStream);
        Assert.NotNull(context.Connection.LocalEndPoint);
        Assert.Equal("localhost", context.ClientHelloInfo.ServerName);
        Assert.True(context.CancellationToken.CanBeCanceled);
        SslServerAuthenticationOptions offer = Offer(https);
        context.AllowDelayedClientCertificateNegotation = !offer.ClientCertificateRequired;
        return offer;
    }

    /// <summary>The same in the words of the handshake.</summary>
    private static SslServerAuthenticationOptions Offer(Action<HttpsConnectionAdapterOptions> https)
    {
        var options = new HttpsConnectionAdapterOptions();
        https(options);
        bool isRequired = options.ClientCertificateMode == ClientCertificateMode.RequireCertificate;
        return new SslServerAuthenticationOptions
        {
            ServerCertificate = TestPolicy.Certificate,
            ClientCertificateRequired =
                options.ClientCertificateMode is ClientCertificateMode.AllowCertificate || isRequired,
            EnabledSslProtocols = options.SslProtocols,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) => certificate is null
                ? !isRequired
                : options.ClientCertificateValidation?.Invoke(new(certificate), chain, errors) == true,
        };
    }

    private static HttpsConnectionAdapterOptions WithCertificate(HttpsConnectionAdapterOptions options)
    {
        options.ServerCertificate = TestPolicy.Certificate;
        return options;
    }
}
