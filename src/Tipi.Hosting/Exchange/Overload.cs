using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Answers a request that is one too many, without the application: 503 with Retry-After (RFC 9110 §15.6.4). The
/// connection goes on: opening another would cost more than the request.
/// </summary>
internal static class Overload
{
    internal static Task Answer(HttpExchange exchange)
    {
        ServerContext server = exchange.Server;
        server.Metrics.RequestShed();
        if (server.SheddingLog.TryTake(server.Clock.NowMs, out long others)) server.Log.RequestsShed(others);
        var seconds = (long)exchange.Connection.Limits.RetryAfter.TotalSeconds;
        exchange.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        exchange.ResponseHeaders[HeaderNames.RetryAfter] = seconds.ToString(CultureInfo.InvariantCulture);
        return Task.CompletedTask;
    }
}
