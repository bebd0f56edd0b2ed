using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// Tells the application that its client has gone. The token's source is made when somebody asks for the token, kept
/// for later requests, and given up once it is to be cancelled: a cancelled source never serves another request.
/// </summary>
internal sealed class LifetimeFeature(RunningRequest request, IExchangeOutput output) : IHttpRequestLifetimeFeature
{
    private static readonly CancellationToken s_cancelled = new(canceled: true);

    private readonly Lock _gate = new();
    private CancellationTokenSource? _source;
    private CancellationToken? _replaced;
    private bool _isGivenOut;

    public CancellationToken RequestAborted
    {
        get => _replaced ?? (request.Connection is { } connection ? GiveOut(connection) : default);
        set => _replaced = request.Connection is null ? null : value;
    }

    public void Abort()
    {
        if (request.Connection is not { } connection) return; // the request is over
        connection.Server.Logs.Connections.ConnectionAbortedByApplication(connection.Id);
        output.Abort(ConnectionEndReason.AbortedByApp, "The application aborted the connection.");
    }

    /// <summary>Cancels the token, if it was given out for a request of this connection.</summary>
    internal void OnClosed(ServerConnection connection)
    {
        CancellationTokenSource? source;
        lock (_gate)
        {
            if (!_isGivenOut || !ReferenceEquals(request.Connection, connection)) return;
            source = _source;
            _source = null;
        }
        // The application's callbacks run on the pool: here may be a ring's thread.
        if (source is not null)
            ThreadPool.UnsafeQueueUserWorkItem(Cancel, (source, connection), preferLocal: false);
    }

    internal void Reset()
    {
        _replaced = null;
        if (!_isGivenOut) return;
        lock (_gate)
        {
            _isGivenOut = false;
            if (_source?.TryReset() == false) _source = null;
        }
    }

    private static void Cancel((CancellationTokenSource Source, ServerConnection Connection) given)
    {
        try
        {
            given.Source.Cancel();
        }
        catch (Exception error)
        {
            given.Connection.LogCallbackFailure(error);
        }
    }

    private CancellationToken GiveOut(ServerConnection connection)
    {
        CancellationToken token;
        lock (_gate)
        {
            if (_isGivenOut && _source is null) return s_cancelled;
            _isGivenOut = true;
            token = (_source ??= new CancellationTokenSource()).Token;
        }
        output.WatchForClose();
        // Either the close found the source, or this finds the close.
        if (output.IsClosed) OnClosed(connection);
        return token;
    }
}
