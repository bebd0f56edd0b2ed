using System.Diagnostics;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Starts applications on a ring's thread and sees which of them held it past the budget, so that their endpoints start
/// on a thread that may block from then on. Connections without a ring have none.
/// </summary>
internal sealed class RequestScheduler
{
    private readonly IRingAffinityFeature _affinity;
    private readonly ServerContext _server;

    private RequestScheduler(IRingAffinityFeature affinity, ServerContext server)
    {
        _affinity = affinity;
        _server = server;
    }

    internal static RequestScheduler? For(ServerConnection connection) =>
        connection.Affinity is { } affinity && connection.Server.Options.Scheduling == RingScheduling.Inline
            ? new RequestScheduler(affinity, connection.Server)
            : null;

    /// <summary>True when this request is to start on a thread that may block and is not there yet.</summary>
    internal bool WantsBlockingThread(HttpExchange exchange) =>
        _affinity.IsOnRing && _server.Learned.Contains(exchange);

    /// <summary>Starts the application, on a ring's thread or wherever the connection goes on.</summary>
    internal Task Run(HttpExchange exchange) => _affinity.IsOnRing ? RunOnRing(exchange) : RunElsewhere(exchange);

    private Task RunOnRing(HttpExchange exchange)
    {
        long before = _affinity.HandOffs;
        Task run = _server.Application.Run(exchange.Features);
        long lost = _affinity.HandOffs - before;
        if (lost > 0) _server.Learned.NoteHandOff(exchange, lost);
        else _server.Learned.NoteRun(exchange);
        return run;
    }

    private Task RunElsewhere(HttpExchange exchange)
    {
        if (!_server.Learned.Contains(exchange)) return _server.Application.Run(exchange.Features);
        long start = Stopwatch.GetTimestamp();
        Task run = _server.Application.Run(exchange.Features);
        _server.Learned.NoteBlockingThreadRun(exchange, Stopwatch.GetElapsedTime(start));
        return run;
    }

    /// <summary>
    /// Called where an application that had to wait has ended: on a ring's thread that owns no ring any more, it was
    /// this application that lost it.
    /// </summary>
    internal void NoteResumed(HttpExchange exchange)
    {
        if (_affinity.HandOffs > 0 && !_affinity.IsOnRing) _server.Learned.NoteHandOff(exchange, 1);
    }
}
