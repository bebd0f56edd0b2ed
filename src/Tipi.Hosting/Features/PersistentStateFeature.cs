using Microsoft.AspNetCore.Connections.Features;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Features;

/// <summary>What the application keeps from one request of a connection to the next.</summary>
internal sealed class PersistentStateFeature(HttpExchange exchange) : IPersistentStateFeature
{
    public IDictionary<object, object?> State => exchange.PersistentState;
}
