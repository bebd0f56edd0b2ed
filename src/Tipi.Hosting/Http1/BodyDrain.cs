using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http1;

/// <summary>Reads what the application left of a request's body, so that another request can follow.</summary>
internal static class BodyDrain
{
    /// <returns>True when the body has ended and the connection can go on.</returns>
    internal static async ValueTask<bool> RunAsync(
        Http1RequestBody body, HttpExchange exchange, ServerConnection connection)
    {
        if (body.IsAtEnd) return !body.IsBroken;
        if (!body.TryBeginDrain() || IsLost(body)) return false;
        if (connection.Server.Log.IsEnabled(LogLevel.Information))
            connection.Server.Log.RequestBodyNotEntirelyRead(connection.Id, exchange.Identifier);
        long left = connection.Limits.MaxRequestDrainSize ?? long.MaxValue;
        try
        {
            while (!body.IsAtEnd && left > 0)
            {
                (long length, bool isCanceled) = await body.DropNextAsync();
                left -= Math.Max(length, 1);
                if (!isCanceled || !connection.HasExpired) continue;
                connection.EndsBecause(ConnectionEndReason.ServerTimeout);
                connection.Server.Log.RequestBodyDrainTimedOut(connection.Id, exchange.Identifier);
                return false;
            }
        }
        catch (BadHttpRequestException)
        {
            return false;
        }
        return body.IsAtEnd;
    }

    /// <summary>True when the client has gone in the middle of it.</summary>
    private static bool IsLost(Http1RequestBody body)
    {
        try
        {
            body.HasUnread();
            return false;
        }
        catch (ConnectionResetException)
        {
            return true;
        }
    }
}
