using Microsoft.AspNetCore.Http;

namespace Tipi.Hosting.Exchange;

/// <summary>What RFC 9110 says about a response's body whatever the version.</summary>
internal static class ResponseRules
{
    /// <summary>
    /// True when this status never has a body (RFC 9110 §6.4.1, and 205 §15.3.6). 101 opens another protocol.
    /// </summary>
    internal static bool ForbidsBody(int statusCode) =>
        statusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent
            or StatusCodes.Status304NotModified
        || (statusCode is >= 100 and < 200 && statusCode != StatusCodes.Status101SwitchingProtocols);

    /// <summary>
    /// True when what follows the head is no body: it has neither length nor transfer coding (RFC 9110 §9.3.6).
    /// </summary>
    internal static bool OpensTunnel(string method, int statusCode) =>
        HttpMethods.IsConnect(method) && statusCode is >= 200 and < 300;

    /// <summary>
    /// True when <c>Content-Length: 0</c> says the truth about a response without body (RFC 9110 §8.6).
    /// </summary>
    internal static bool MayStateEmptyLength(string method, int statusCode) =>
        !HttpMethods.IsHead(method)
        && statusCode is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified)
        && statusCode is not (>= 100 and < 200);
}
