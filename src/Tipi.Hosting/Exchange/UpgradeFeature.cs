using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>Hands the connection to the application: 101, then raw bytes (RFC 9110 §7.8).</summary>
internal sealed class UpgradeFeature(
    RunningRequest request, ResponseLifecycle lifecycle, RequestStream input, ResponseStream output)
    : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => request.Input.IsUpgradable && !request.IsUpgraded;

    public async Task<Stream> UpgradeAsync()
    {
        // Whoever starts the response from here on starts it with 101.
        lock (lifecycle.Response.Gate) Accept();
        await lifecycle.Body.FlushAsync();
        request.Input.Upgrade();
        return new UpgradedStream(input, output);
    }

    private void Accept()
    {
        ResponseFeature response = lifecycle.Response;
        if (request.IsUpgraded) throw new InvalidOperationException("The connection is already upgraded.");
        if (!request.Input.IsUpgradable)
            throw new InvalidOperationException("The request does not ask for an upgrade, or it has a body.");
        if (response.HasStarted)
            throw new InvalidOperationException("The response has already started. Upgrade before writing it.");
        if (!request.Connection.Endpoint.Admission.TryEnterUpgrade())
            throw new InvalidOperationException("The limit MaxConcurrentUpgradedConnections was reached.");
        request.IsUpgraded = true;
        request.Connection.BeginUpgrade();
        RequestAdmission.Leave(request);
        response.StatusCode = StatusCodes.Status101SwitchingProtocols;
        response.ReasonPhrase = null;
        response.OwnHeaders.ContentLength = null;
        response.OwnHeaders["Connection"] = "Upgrade";
    }
}
