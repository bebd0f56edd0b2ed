using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Transport.Uring;
using Tipi.Transport.Uring.Connections;

namespace Tipi.Hosting.Scheduling;

/// <summary>Gives the connections of a server their schedulers.</summary>
internal sealed class Schedulers(ExchangeContext shared)
{
    private readonly LearnedEndpoints _learned = new(shared.Server.Log, shared.Server.Metrics);

    /// <summary>The connection's own; null where applications do not run on a ring.</summary>
    internal RequestScheduler? For(ServerConnection connection)
    {
        if (connection.Affinity is not { } affinity) return null;
        if (connection.Server.Options.Scheduling != RingScheduling.Inline) return null;
        var scheduler = new RequestScheduler(affinity, connection, shared.Application, _learned);
        if (affinity is UringConnection transport) transport.Resumption = scheduler;
        return scheduler;
    }
}
