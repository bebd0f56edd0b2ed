using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The request that an exchange runs: where it came, what was received, what this one may do, and what waits for its
/// end. Knows neither the response nor any feature, so that those can ask it.
/// </summary>
/// <remarks>Invariant: it has a connection from the request's start to its end, and none between two.</remarks>
/// <param name="server">The server that it came to.</param>
/// <param name="input">The way in.</param>
internal sealed class RunningRequest(ServerContext server, IExchangeInput input)
{
    private Callbacks _completed;
    private string? _identifier;

    internal ServerContext Server { get; } = server;

    internal IExchangeInput Input { get; } = input;

    internal HeaderTable Headers { get; } = new(HeaderRole.Request);

    /// <summary>The connection of the request that runs; null between two requests.</summary>
    internal ServerConnection Connection { get; private set; } = null!;

    /// <summary>The same, for what makes no sense without one.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    internal ServerConnection RunningOn
    {
        get
        {
            ThrowIfOver();
            return Connection;
        }
    }

    /// <summary>Unique on the connection.</summary>
    internal uint Number { get; private set; }

    /// <summary>The method as it was received: middleware may change what the application sees.</summary>
    internal string ReceivedMethod { get; private set; } = "";

    /// <summary>The path as it was received: middleware may change what the application sees.</summary>
    internal string ReceivedPath { get; set; } = "";

    internal bool AllowSynchronousIO { get; set; }

    /// <summary>The least rate of this request's body; null: none.</summary>
    internal MinDataRate? MinRequestBodyDataRate { get; set; }

    /// <summary>The least rate at which the client takes the response; null: none.</summary>
    internal MinDataRate? MinResponseDataRate { get; set; }

    /// <summary>True once the connection is the application's, in both directions.</summary>
    internal bool IsUpgraded { get; set; }

    /// <summary>True while the request counts among those that run at once.</summary>
    internal bool IsAdmitted { get; set; }

    /// <summary>Why the response's body was given up; the connection cannot go on.</summary>
    internal Exception? Failure { get; private set; }

    internal bool HasCompletedCallbacks => !_completed.IsEmpty;

    internal string Identifier
    {
        get => _identifier ??= MakeIdentifier();
        set
        {
            ThrowIfOver();
            _identifier = value;
        }
    }

    /// <summary>A request begins.</summary>
    /// <param name="connection">Where it came.</param>
    /// <param name="method">As it was received.</param>
    /// <param name="number">The request's, unique on the connection.</param>
    internal void Begin(ServerConnection connection, string method, uint number)
    {
        Connection = connection;
        ReceivedMethod = method;
        Number = number;
        AllowSynchronousIO = Server.Options.AllowSynchronousIO;
        MinRequestBodyDataRate = connection.Limits.MinRequestBodyDataRate;
        MinResponseDataRate = connection.Limits.MinResponseDataRate;
        Headers.Thaw();
    }

    internal void OnCompleted(Func<object, Task> callback, object state)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ThrowIfOver();
        _completed.Add(callback, state);
    }

    /// <summary>Runs what waits for the end. A fault is logged and does not stop the others.</summary>
    internal async ValueTask RunCompletedAsync()
    {
        while (_completed.TryTake(out Func<object, Task> callback, out object state))
        {
            try
            {
                await callback(state);
            }
            catch (Exception error)
            {
                Server.Log.CallbackFailed(error, Connection.Id, Identifier);
            }
        }
    }

    /// <summary>The body was given up: it will not be ended properly.</summary>
    internal void Fail(Exception error)
    {
        if (Connection is not null) Failure ??= error;
    }

    /// <summary>What is set between two requests would be the next one's.</summary>
    internal void ThrowIfOver() => ObjectDisposedException.ThrowIf(Connection is null, typeof(HttpContext));

    /// <summary>Forgets the request and its connection.</summary>
    internal void Reset()
    {
        Headers.Reset();
        Headers.Freeze();
        _completed.Clear();
        _identifier = null;
        Failure = null;
        IsUpgraded = false;
        Connection = null!;
    }

    private string MakeIdentifier() =>
        string.Create(CultureInfo.InvariantCulture, $"{RunningOn.Id}:{Number:X8}");
}
