using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Threads;
using Tipi.Transport.Uring;
using Tipi.Transport.Uring.Connections;
using Tipi.Transport.Uring.Rings;

namespace Tipi.Hosting.Scheduling;

/// <summary>
/// Runs applications on a ring's thread, one stretch after the other: from the start to the first wait, and from each
/// wait for the connection to the next. It sees which stretch loses its ring, and has those of learned endpoints run on
/// threads apart. Connections without a ring have none.
/// </summary>
/// <remarks>
/// What an application does after a wait for something else (a timer, a database, another request) runs wherever that
/// has it run, mostly on the pool: it is neither measured nor blamed.
/// </remarks>
internal sealed class RequestScheduler : IResumption
{
    /// <summary>Hand-offs on this thread that a stretch was blamed for: those around it are not, too.</summary>
    [ThreadStatic]
    private static long t_blamed;

    private readonly IRingAffinityFeature _affinity;
    private readonly ServerConnection _owner;
    private readonly Application _application;
    private readonly LearnedEndpoints _learned;
    private HttpExchange? _serving;

    internal RequestScheduler(
        IRingAffinityFeature affinity, ServerConnection owner, Application application, LearnedEndpoints learned)
    {
        _affinity = affinity;
        _owner = owner;
        _application = application;
        _learned = learned;
    }

    /// <summary>True when this request is to go on on a thread that may block and is not there yet.</summary>
    internal bool WantsBlockingThread(HttpExchange exchange) => _affinity.IsOnRing && _learned.Contains(exchange);

    /// <summary>True when this request is to run on threads apart.</summary>
    internal bool IsLearned(HttpExchange exchange) => _learned.Contains(exchange);

    /// <summary>From now on what waits for the connection is this application; null: the connection itself.</summary>
    internal void Serve(HttpExchange? exchange) => Volatile.Write(ref _serving, exchange);

    /// <summary>Starts the application, on a ring's thread or wherever the connection goes on.</summary>
    internal Task Run(HttpExchange exchange)
    {
        Mark mark = Begin(exchange);
        try
        {
            return _application.Run(exchange.Features);
        }
        finally
        {
            End(mark, Served.By(exchange)); // routed by now
        }
    }

    /// <summary>Has the application go on, on the calling thread.</summary>
    internal void GoOn(HttpExchange exchange, Action<object?> callback, object? state)
    {
        Served served = Served.By(exchange); // which may have ended afterwards
        Mark mark = Begin(exchange);
        try
        {
            callback(state);
        }
        finally
        {
            End(mark, served);
        }
    }

    /// <summary>Has something run on a thread apart, where what it throws would end the process.</summary>
    internal void QueueApart(IThreadPoolWorkItem work) => WorkThreads.Blocking.Queue(new Guarded(_owner, work));

    void IResumption.Resume(Action<object?> callback, object? state)
    {
        if (Volatile.Read(ref _serving) is not { } exchange) callback(state);
        else if (!WantsBlockingThread(exchange)) GoOn(exchange, callback, state);
        else QueueApart(new Continuation(this, exchange, callback, state));
    }

    private Mark Begin(HttpExchange exchange)
    {
        if (_affinity.IsOnRing)
        {
            return new Mark
            {
                IsOnRing = true,
                HandOffs = _affinity.HandOffs - t_blamed,
                Uninterruptible = _affinity.UninterruptibleHandOffs,
                Running = RingStretch.Begin(_learned, exchange),
                Sleep = SleepWatch.Begin(),
            };
        }

        return _learned.Contains(exchange) ? new Mark { IsApart = true, Sleep = SleepWatch.BeginApart() } : default;
    }

    private void End(in Mark mark, in Served served)
    {
        RingStretch.End(mark.Running);
        // Here the connection's next request may follow at once.
        if (!_affinity.IsOnRing) OwnThread.TakeInterrupt();
        try
        {
            Note(mark, served);
        }
        catch (Exception)
        {
            // A log or a listener that fails: it keeps nobody from an answer.
        }
    }

    private void Note(in Mark mark, in Served served)
    {
        if (mark.IsOnRing)
        {
            long lost = _affinity.HandOffs - t_blamed - mark.HandOffs;
            t_blamed += lost;
            if (lost > 0) _learned.NoteHandOff(served, lost, _affinity.UninterruptibleHandOffs > mark.Uninterruptible);
            else if (mark.Sleep.HasSlept()) _learned.NoteSlept(served);
            else _learned.NoteKept(served);
        }
        else if (mark.IsApart)
        {
            _learned.NoteApart(served, mark.Sleep.Elapsed, mark.Sleep.HasSlept());
        }
    }

    /// <summary>The begin of a stretch.</summary>
    private readonly struct Mark
    {
        internal bool IsOnRing { get; init; }

        internal bool IsApart { get; init; }

        /// <summary>Hand-offs of the thread so far that nobody was blamed for.</summary>
        internal long HandOffs { get; init; }

        internal long Uninterruptible { get; init; }

        internal RingStretch.Running Running { get; init; }

        internal SleepWatch Sleep { get; init; }
    }

    private sealed class Continuation(
        RequestScheduler scheduler, HttpExchange exchange, Action<object?> callback, object? state)
        : IThreadPoolWorkItem
    {
        public void Execute() => scheduler.GoOn(exchange, callback, state);
    }

    private sealed class Guarded(ServerConnection owner, IThreadPoolWorkItem work) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            try
            {
                work.Execute();
            }
            catch (Exception error)
            {
                owner.LogCallbackFailure(error);
            }
        }
    }
}
