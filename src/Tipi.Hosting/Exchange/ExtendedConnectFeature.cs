using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Lets a CONNECT speak another protocol through its exchange (RFC 8441): a final status, then raw bytes in both
/// directions. Where the version has no such requests, and for WebTransport, the answer is no.
/// </summary>
[SuppressMessage("Usage", "CA2252", Justification = "Says no to a preview of the framework, which needs no opting in.")]
internal sealed class ExtendedConnectFeature(HttpExchange exchange)
    : IHttpExtendedConnectFeature, IHttpWebTransportFeature
{
    public bool IsExtendedConnect => exchange.Input.TunnelProtocol is not null;

    public string? Protocol => exchange.Input.TunnelProtocol;

    public bool IsWebTransportRequest => false;

    public async ValueTask<Stream> AcceptAsync()
    {
        lock (exchange.Body.Gate) Accept();
        await exchange.Body.FlushAsync();
        exchange.Input.Upgrade();
        return new UpgradedStream(exchange.RequestStream, exchange.ResponseStream);
    }

    private void Accept()
    {
        if (!IsExtendedConnect)
            throw new InvalidOperationException(
                "This request is no extended CONNECT: see IHttpExtendedConnectFeature.IsExtendedConnect first.");
        if (exchange.IsUpgraded) throw new InvalidOperationException("The request was accepted already.");
        if (exchange.HasStarted)
            throw new InvalidOperationException("The response has started already: accept before it is written.");
        if (!exchange.Connection.Endpoint.Admission.TryEnterUpgrade())
            throw new InvalidOperationException("The limit of upgraded connections is reached.");
        exchange.IsUpgraded = true;
        RequestAdmission.Leave(exchange);
        exchange.Response.StatusCode = StatusCodes.Status200OK;
        exchange.ResponseHeaders.ContentLength = null;
    }

    ValueTask<IWebTransportSession> IHttpWebTransportFeature.AcceptAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("This server has no WebTransport: see IsWebTransportRequest first.");
}
