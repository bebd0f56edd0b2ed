using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>Tells tracing tools when a request begins and ends.</summary>
internal static class RequestEvents
{
    internal static void Started(HttpExchange exchange)
    {
        if (TipiEventSource.Log.IsEnabled())
            TipiEventSource.Log.RequestStart(
                exchange.Connection.Id, exchange.Identifier, exchange.Request.Protocol, exchange.ReceivedPath,
                exchange.ReceivedMethod);
    }

    internal static void Stopped(HttpExchange exchange)
    {
        if (TipiEventSource.Log.IsEnabled())
            TipiEventSource.Log.RequestStop(
                exchange.Connection.Id, exchange.Identifier, exchange.Request.Protocol, exchange.ReceivedPath,
                exchange.ReceivedMethod);
    }
}
