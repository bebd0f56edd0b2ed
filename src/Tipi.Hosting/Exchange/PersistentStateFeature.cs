using Microsoft.AspNetCore.Connections.Features;

namespace Tipi.Hosting.Exchange;

/// <summary>What the application keeps from one request of a connection to the next.</summary>
internal sealed class PersistentStateFeature(RunningRequest request, IExchangeOutput output) : IPersistentStateFeature
{
    public IDictionary<object, object?> State
    {
        get
        {
            request.ThrowIfOver();
            return output.PersistentState;
        }
    }
}
