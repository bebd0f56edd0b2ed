using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>
/// The connections of a server, as a list through themselves. Accept → track → drain: a connection is here from its
/// acceptance to the end of its disposal.
/// </summary>
internal sealed class ConnectionRegistry(ServerContext server)
{
    /// <summary>
    /// An application that ignores the abort can hold its connection for ever; the server waits no longer than this, so
    /// that the process can end.
    /// </summary>
    internal static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(1);

    private static readonly Action<object?> s_start = static connection => ((ServerConnection)connection!).Execute();

    private readonly Lock _gate = new();
    private readonly List<ServerConnection> _expired = [];
    private ServerConnection? _first;
    private int _beating;
    private TaskCompletionSource? _drained;

    /// <summary>What all connections share.</summary>
    internal ServerContext Server { get; } = server;

    /// <summary>Makes what connections speak that begin with HTTP/1.</summary>
    internal required Func<ServerConnection, IConnectionProtocol> Http1 { get; init; }

    /// <summary>Makes what connections speak that begin with HTTP/2.</summary>
    internal required Func<ServerConnection, IConnectionProtocol> Http2 { get; init; }

    internal int Count { get; private set; }

    /// <summary>Takes an accepted connection over and starts it, on its ring's thread when it has one.</summary>
    internal void Start(ConnectionContext transport, ServerEndpoint endpoint)
    {
        var connection = new ServerConnection(transport, endpoint, this);
        Server.Metrics.ConnectionOpened();
        Add(connection);
        TipiEventSource.Log.CountQueued(1);
        try
        {
            if (connection.Affinity is { } affinity) affinity.Post(s_start, connection);
            else ThreadPool.UnsafeQueueUserWorkItem(connection, preferLocal: false);
        }
        catch (Exception)
        {
            TipiEventSource.Log.CountQueued(-1);
            Remove(connection);
            throw;
        }
    }

    /// <summary>
    /// Wakes the connections whose deadline has passed and aborts those whose peer reads too slowly; has the others
    /// give up what they do not need. Called by the heartbeat only. Nobody is late while somebody debugs.
    /// </summary>
    internal void Expire()
    {
        if (Debugger.IsAttached) return;
        long nowMs = Server.Clock.NowMs;
        lock (_gate)
        {
            for (ServerConnection? connection = _first; connection is not null; connection = connection.Next)
            {
                connection.Rest();
                if (nowMs > connection.DeadlineMs || nowMs > connection.AbortAtMs) _expired.Add(connection);
            }
        }
        foreach (ServerConnection connection in _expired)
        {
            try
            {
                connection.OnExpired(nowMs);
            }
            catch (Exception)
            {
                // A log or a middleware's pipe that fails must not keep the deadlines of the others from being held.
            }
        }
        _expired.Clear();
    }

    /// <summary>One connection more, or less, that wants to be told of each heartbeat.</summary>
    internal void CountBeating(int change) => Interlocked.Add(ref _beating, change);

    /// <summary>Runs what connections want to be run once a second. Called by the heartbeat only.</summary>
    internal void Beat()
    {
        if (Volatile.Read(ref _beating) == 0) return;
        foreach (ServerConnection connection in Snapshot()) connection.HooksIfAny?.Beat();
    }

    /// <summary>
    /// Asks all connections to end after what they do now, waits for them, and aborts those that are late.
    /// </summary>
    internal async Task DrainAsync(CancellationToken deadline)
    {
        Task drained = WhenDrained();
        var steps = new StopSteps();
        // On the pool: an application that is asked may block, and is aborted all the same.
        Task asking = steps.TakeAsync(() => Task.Run(AskAll, CancellationToken.None));
        try
        {
            await Task.WhenAll(drained, asking).WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await steps.TakeAsync(AbortAllAsync).ConfigureAwait(false);
        }
        steps.ThrowIfAnyFailed();
    }

    private void AskAll()
    {
        var steps = new StopSteps();
        foreach (ServerConnection connection in Snapshot()) steps.Take(connection.RequestClose);
        steps.ThrowIfAnyFailed();
    }

    /// <summary>The connections that are open now and are of a kind.</summary>
    internal List<ServerConnection> Select(Func<ServerConnection, bool> isWanted)
    {
        lock (_gate)
        {
            var wanted = new List<ServerConnection>();
            for (ServerConnection? connection = _first; connection is not null; connection = connection.Next)
                if (isWanted(connection)) wanted.Add(connection);
            return wanted;
        }
    }

    internal void Remove(ServerConnection connection)
    {
        lock (_gate)
        {
            if (connection.Previous is { } previous) previous.Next = connection.Next;
            else _first = connection.Next;
            if (connection.Next is { } next) next.Previous = connection.Previous;
            connection.Previous = connection.Next = null;
            if (--Count == 0) _drained?.TrySetResult();
        }
        Server.Metrics.ConnectionClosed();
    }

    private void Add(ServerConnection connection)
    {
        lock (_gate)
        {
            connection.Next = _first;
            if (_first is not null) _first.Previous = connection;
            _first = connection;
            Count++;
        }
    }

    private Task WhenDrained()
    {
        lock (_gate)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (Count == 0) _drained.TrySetResult();
            return _drained.Task;
        }
    }

    private List<ServerConnection> Snapshot() => Select(static _ => true);

    private async Task AbortAllAsync()
    {
        List<ServerConnection> late = Snapshot();
        var steps = new StopSteps();
        foreach (ServerConnection connection in late)
        {
            connection.EndsBecause(ConnectionEndReason.AppShutdownTimeout);
            steps.Take(() => connection.Abort("The connection did not end before the server stopped."));
        }
        // Last: a log may block.
        steps.Take(() => Server.Logs.Connections.ConnectionsAborted(late.Count));
        try
        {
            await WhenDrained().WaitAsync(AbortPatience).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            steps.Take(() => Server.Log.ApplicationsNeverCompleted(Count));
        }
        steps.ThrowIfAnyFailed();
    }
}
