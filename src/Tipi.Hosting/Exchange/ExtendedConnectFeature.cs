using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Lets a CONNECT speak another protocol through its exchange (RFC 8441): a final status, then raw bytes in both
/// directions. Where the version has no such requests, and for WebTransport, the answer is no.
/// </summary>
[SuppressMessage("Usage", "CA2252", Justification = "Says no to a preview of the framework, which needs no opting in.")]
internal sealed class ExtendedConnectFeature(
    RunningRequest request, ResponseLifecycle lifecycle, RequestStream input, ResponseStream output)
    : IHttpExtendedConnectFeature, IHttpWebTransportFeature
{
    public bool IsExtendedConnect => request.Input.TunnelProtocol is not null;

    public string? Protocol => request.Input.TunnelProtocol;

    public bool IsWebTransportRequest => false;

    public async ValueTask<Stream> AcceptAsync()
    {
        lock (lifecycle.Response.Gate) Accept();
        await lifecycle.Body.FlushAsync();
        request.Input.Upgrade();
        return new UpgradedStream(input, output);
    }

    private void Accept()
    {
        ResponseFeature response = lifecycle.Response;
        if (!IsExtendedConnect)
            throw new InvalidOperationException(
                "This request is not an extended CONNECT. Check IHttpExtendedConnectFeature.IsExtendedConnect first.");
        if (request.IsUpgraded) throw new InvalidOperationException("The request was already accepted.");
        if (response.HasStarted)
            throw new InvalidOperationException("The response has already started. Accept the request before writing.");
        if (!request.Connection.Endpoint.Admission.TryEnterUpgrade())
            throw new InvalidOperationException("The limit MaxConcurrentUpgradedConnections was reached.");
        request.IsUpgraded = true;
        RequestAdmission.Leave(request);
        response.StatusCode = StatusCodes.Status200OK;
        response.OwnHeaders.ContentLength = null;
    }

    ValueTask<IWebTransportSession> IHttpWebTransportFeature.AcceptAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("WebTransport is not supported. Check IsWebTransportRequest first.");
}
