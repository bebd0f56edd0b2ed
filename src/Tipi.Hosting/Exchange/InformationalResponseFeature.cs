using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tipi.Hosting.Exchange;

/// <summary>Responses before the response. They leave at once, whatever the application has written.</summary>
internal sealed class InformationalResponseFeature(RunningRequest request, ResponseLifecycle lifecycle)
    : IHttpInformationalResponseFeature
{
    public ValueTask SendAsync(
        int statusCode, IEnumerable<KeyValuePair<string, StringValues>> headers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(headers);
        if (statusCode is <= StatusCodes.Status101SwitchingProtocols or >= StatusCodes.Status200OK)
            throw new ArgumentOutOfRangeException(
                nameof(statusCode), statusCode,
                "The status of an informational response must be 102 to 199; the server sends 100 and 101.");
        cancellationToken.ThrowIfCancellationRequested();
        var fields = new HeaderTable(HeaderRole.Informational, request.Server.Options.ResponseEncodings);
        foreach (var (name, value) in headers) fields[name] = value;
        if (!lifecycle.TrySendInformational(statusCode, fields, cancellationToken, out ValueTask<FlushResult> sent))
            throw new InvalidOperationException(
                "An informational response must be sent before the response, which has already started.");
        return sent.IsCompletedSuccessfully ? Forget(sent.Result) : new ValueTask(sent.AsTask());
    }

    private static ValueTask Forget(FlushResult _) => default;
}
