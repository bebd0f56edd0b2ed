using Microsoft.Net.Http.Headers;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Fields that say something of a connection, which HTTP/2 says by frames (RFC 9113 §8.2.2). An application that sets
/// them means no harm: they are left out, as under Kestrel.
/// </summary>
internal static class ConnectionFields
{
    internal static void Remove(HttpExchange exchange)
    {
        HeaderTable fields = exchange.ResponseHeaders;
        for (int i = fields.Fields.Length - 1; i >= 0; i--)
        {
            string name = fields.Fields[i].Name;
            if (!IsOne(name)) continue;
            fields.Remove(name);
            exchange.Server.Log.ResponseHeaderRemoved(exchange.Connection.Id, exchange.Identifier, name);
        }
    }

    private static bool IsOne(string name) => name.Length switch
    {
        2 => Is(name, HeaderNames.TE),
        7 => Is(name, HeaderNames.Upgrade),
        10 => Is(name, HeaderNames.Connection) || Is(name, HeaderNames.KeepAlive),
        16 => Is(name, HeaderNames.ProxyConnection),
        17 => Is(name, HeaderNames.TransferEncoding),
        _ => false,
    };

    private static bool Is(string name, string known) => name.Equals(known, StringComparison.OrdinalIgnoreCase);
}
