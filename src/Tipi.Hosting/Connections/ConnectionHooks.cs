using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>
/// What applications and middleware asked of one connection: to be called once a second, or at its end; to be told that
/// it is to end; to tag its measurements. Made when somebody asks first; most connections have none.
/// </summary>
internal sealed class ConnectionHooks(ServerConnection connection)
    : IConnectionHeartbeatFeature, IConnectionCompleteFeature, IConnectionLifetimeNotificationFeature,
        IConnectionMetricsTagsFeature
{
    private static readonly Type[] s_offered =
    [
        typeof(IConnectionHeartbeatFeature), typeof(IConnectionCompleteFeature),
        typeof(IConnectionLifetimeNotificationFeature), typeof(IConnectionMetricsTagsFeature),
    ];

    private readonly Lock _gate = new();
    private Callbacks _completed;
    private List<(Action<object> Action, object State)>? _heartbeats;
    private List<KeyValuePair<string, object?>>? _tags;
    private CancellationTokenSource? _closing;
    private CancellationToken? _replaced;
    private bool _isCompleted;

    public CancellationToken ConnectionClosedRequested
    {
        get => _replaced ?? ClosingToken();
        set => _replaced = value;
    }

    ICollection<KeyValuePair<string, object?>> IConnectionMetricsTagsFeature.Tags => _tags ??= [];

    /// <summary>The tags that were added to the connection's measurements, in their order.</summary>
    internal IReadOnlyList<KeyValuePair<string, object?>> Tags => _tags ?? [];

    public void RequestClose() => connection.RequestClose();

    public void OnHeartbeat(Action<object> action, object state)
    {
        ArgumentNullException.ThrowIfNull(action);
        lock (_gate)
        {
            if (_isCompleted) return;
            if (_heartbeats is null) connection.Registry.CountBeating(1);
            (_heartbeats ??= []).Add((action, state));
        }
    }

    public void OnCompleted(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        lock (_gate)
        {
            if (_isCompleted) throw new InvalidOperationException("The connection has already ended.");
            _completed.Add(callback, state);
        }
    }

    internal static bool Offers(Type feature) => Array.IndexOf(s_offered, feature) >= 0;

    /// <summary>For middleware, which sees the transport's features only.</summary>
    internal void AddTo(IFeatureCollection features)
    {
        foreach (Type feature in s_offered) features[feature] = this;
    }

    /// <summary>Calls what waits for the heartbeat, on its thread. A fault is logged.</summary>
    internal void Beat()
    {
        (Action<object> Action, object State)[] heartbeats;
        lock (_gate) heartbeats = _heartbeats?.ToArray() ?? [];
        foreach (var (action, state) in heartbeats)
        {
            try
            {
                action(state);
            }
            catch (Exception error)
            {
                connection.LogCallbackFailure(error);
            }
        }
    }

    /// <summary>The connection ends after the request that runs.</summary>
    internal void OnCloseRequested()
    {
        CancellationTokenSource? closing;
        lock (_gate) closing = _closing;
        try
        {
            closing?.Cancel();
        }
        catch (AggregateException error)
        {
            connection.LogCallbackFailure(error);
        }
    }

    /// <summary>Calls what waits for the connection's end, the last registered first. A fault is logged.</summary>
    internal async Task CompleteAsync()
    {
        lock (_gate)
        {
            _isCompleted = true;
            if (_heartbeats is not null) connection.Registry.CountBeating(-1);
            _heartbeats = null;
        }
        while (_completed.TryTake(out Func<object, Task> callback, out object state))
        {
            try
            {
                await callback(state);
            }
            catch (Exception error)
            {
                connection.LogCallbackFailure(error);
            }
        }
    }

    private CancellationToken ClosingToken()
    {
        CancellationToken token;
        lock (_gate) token = (_closing ??= new CancellationTokenSource()).Token;
        // Either the request to close found the source, or this finds the request.
        if (connection.IsEnding) OnCloseRequested();
        return token;
    }
}
