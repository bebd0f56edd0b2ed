using Microsoft.AspNetCore.Connections.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>What the application keeps from one request of a connection to the next.</summary>
internal sealed class PersistentStateFeature(HttpExchange exchange) : IPersistentStateFeature
{
    public IDictionary<object, object?> State
    {
        get
        {
            exchange.ThrowIfOver();
            return exchange.PersistentState;
        }
    }
}
