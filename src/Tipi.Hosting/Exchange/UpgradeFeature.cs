using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Hands the connection to the application: 101, then raw bytes (RFC 9110 §7.8).</summary>
internal sealed class UpgradeFeature(HttpExchange exchange) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => exchange.Input.IsUpgradable && !exchange.IsUpgraded;

    public async Task<Stream> UpgradeAsync()
    {
        // Whoever starts the response from here on starts it with 101.
        lock (exchange.Body.Gate) Accept();
        await exchange.Body.FlushAsync();
        exchange.Input.Upgrade();
        return new UpgradedStream(exchange.RequestStream, exchange.ResponseStream);
    }

    private void Accept()
    {
        if (exchange.IsUpgraded) throw new InvalidOperationException("The connection is upgraded already.");
        if (!exchange.Input.IsUpgradable)
            throw new InvalidOperationException("The request asks for no upgrade, or has a body.");
        if (exchange.HasStarted)
            throw new InvalidOperationException("The response has started already: upgrade before it is written.");
        if (!exchange.Connection.Endpoint.Admission.TryEnterUpgrade())
            throw new InvalidOperationException("The limit of upgraded connections is reached.");
        exchange.IsUpgraded = true;
        exchange.Connection.BeginUpgrade();
        RequestAdmission.Leave(exchange);
        exchange.Response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        exchange.Response.ReasonPhrase = null;
        exchange.ResponseHeaders.ContentLength = null;
        exchange.ResponseHeaders["Connection"] = "Upgrade";
    }
}
