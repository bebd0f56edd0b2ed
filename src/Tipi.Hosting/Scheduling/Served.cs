using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Scheduling;

/// <summary>What a request asked for: kept apart from the exchange, which may serve the next one already.</summary>
internal readonly record struct Served(Endpoint? Endpoint, string Method, string Path)
{
    internal string Name => Endpoint?.DisplayName ?? $"{Method} {Path}";

    internal static Served By(HttpExchange exchange) =>
        new(exchange.Endpoint.Endpoint, exchange.ReceivedMethod, exchange.ReceivedPath);

    /// <summary>Likewise, while another thread serves it.</summary>
    internal static Served SoFar(HttpExchange exchange) =>
        new(exchange.EndpointSoFar, exchange.ReceivedMethod, exchange.ReceivedPath);
}
