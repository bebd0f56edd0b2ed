using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Diagnostics.Access;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The entry of a request while it runs: begun with the head, since applications may change what they see of it, and
/// added to the log once, at the end. Reused with the objects of the request.
/// </summary>
internal sealed class AccessRecord
{
    private AccessEntry _entry;
    private long _start;
    private bool _isOpen;

    internal void Begin(HttpExchange exchange)
    {
        IHeaderDictionary headers = exchange.RequestHeaders;
        _start = Stopwatch.GetTimestamp();
        _entry = new AccessEntry
        {
            Time = DateTime.UtcNow,
            ConnectionId = exchange.Connection.Id,
            RequestNumber = exchange.RequestNumber,
            Peer = exchange.Connection.Transport.RemoteEndPoint,
            Method = exchange.ReceivedMethod,
            Target = exchange.Request.RawTarget,
            Protocol = exchange.Request.Protocol,
            Host = TextOf(headers.Host),
            Referer = TextOf(headers.Referer),
            UserAgent = TextOf(headers.UserAgent),
        };
        _isOpen = true;
    }

    /// <summary>Adds the entry, unless that was done.</summary>
    /// <param name="log">Where it goes.</param>
    /// <param name="exchange">The request.</param>
    /// <param name="isAborted">The response is not whole, or nobody was there to take it.</param>
    internal void End(AccessLog log, HttpExchange exchange, bool isAborted)
    {
        if (!_isOpen) return;
        _isOpen = false;
        _entry.Duration = Stopwatch.GetElapsedTime(_start);
        _entry.Outcome = isAborted ? AccessOutcome.Aborted : AccessOutcome.Complete;
        _entry.Status = exchange.HasStarted ? exchange.StatusCode : StatusCodes.Status499ClientClosedRequest;
        bool hasBody = exchange.HasStarted && !HttpMethods.IsHead(exchange.ReceivedMethod);
        _entry.Bytes = hasBody ? exchange.Body.Written : 0;
        log.Add(_entry);
        _entry = default;
    }

    private static string? TextOf(Microsoft.Extensions.Primitives.StringValues values) =>
        values.Count == 0 ? null : values[0];
}
