using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Hosting.Threads;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Where the applications of a connection's streams run, and go on after a wait for the connection: on its ring, on a
/// thread apart, or on the pool.
/// </summary>
/// <param name="owner">The connection.</param>
/// <param name="scheduler">Null where applications do not run on a ring.</param>
/// <param name="application">What runs.</param>
internal sealed class Workplace(ServerConnection owner, RequestScheduler? scheduler, Application application)
{
    private static readonly Action<object?> s_goOn = static work => ((IThreadPoolWorkItem)work!).Execute();

    /// <summary>Has a request begin, which then calls <see cref="Run"/>.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="request">What begins.</param>
    /// <param name="execute">The same as a callback, which takes <paramref name="request"/>.</param>
    internal void Start(HttpExchange exchange, IThreadPoolWorkItem request, Action<object?> execute)
    {
        if (scheduler?.WantsBlockingThread(exchange) == true) WorkThreads.Blocking.Queue(request);
        else if (scheduler is not null) owner.Affinity!.Post(execute, request);
        else ThreadPool.UnsafeQueueUserWorkItem(request, preferLocal: false);
    }

    /// <summary>Runs the application.</summary>
    internal Task Run(HttpExchange exchange) =>
        scheduler is not null ? scheduler.Run(exchange) : application.Run(exchange.Features);

    /// <summary>Has a request go on where it belongs, after what is queued there.</summary>
    internal void Schedule(HttpExchange exchange, IThreadPoolWorkItem continuation)
    {
        if (scheduler is null) PoolCall.Queue(owner, s_goOn, continuation);
        else if (scheduler.IsLearned(exchange)) scheduler.QueueApart(continuation);
        else owner.Affinity!.Post(s_goOn, continuation);
    }

    /// <summary>Has the application go on, on the calling thread.</summary>
    internal void GoOn(HttpExchange exchange, Action<object?> callback, object? state)
    {
        if (scheduler is not null) scheduler.GoOn(exchange, callback, state);
        else callback(state);
    }
}
