using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>What becomes of a response when the application has returned, well or not.</summary>
internal static class ExchangeEnding
{
    /// <summary>Ends the response. Does not flush.</summary>
    /// <param name="exchange">The exchange, which is not touched by the application any more.</param>
    /// <param name="error">What the application threw.</param>
    /// <returns>True when the response is whole, be it an error; false when it was given up in its middle.</returns>
    internal static ValueTask<bool> EndAsync(HttpExchange exchange, Exception? error)
    {
        Task start = exchange.Lifecycle.WhenStarted();
        if (!start.IsCompleted) return EndAfterAsync(exchange, start, error);
        if (error is not null) return new(AnswerFault(exchange, error));
        try
        {
            ValueTask end = exchange.Lifecycle.EndAsync();
            return end.IsCompletedSuccessfully ? new(true) : WaitAsync(exchange, end);
        }
        catch (Exception late)
        {
            return new(AnswerFault(exchange, late));
        }
    }

    /// <summary>What the application's task ended with; null when it ended well.</summary>
    internal static Exception? FaultOf(Task run)
    {
        if (run.IsCompletedSuccessfully) return null;
        return run.Exception?.InnerException ?? new OperationCanceledException("The application was cancelled.");
    }

    /// <summary>Ends what the host began for this request.</summary>
    internal static void DisposeContext(HttpExchange exchange, Exception? error)
    {
        try
        {
            exchange.Shared.Application.Dispose(exchange.Features, error);
        }
        catch (Exception fault)
        {
            exchange.Server.Log.ApplicationFailed(fault, exchange.Connection.Id, exchange.Identifier);
        }
    }

    private static async ValueTask<bool> EndAfterAsync(HttpExchange exchange, Task start, Exception? error)
    {
        await start.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return await EndAsync(exchange, error);
    }

    private static async ValueTask<bool> WaitAsync(HttpExchange exchange, ValueTask end)
    {
        try
        {
            await end;
            return true;
        }
        catch (Exception late)
        {
            return AnswerFault(exchange, late);
        }
    }

    private static bool AnswerFault(HttpExchange exchange, Exception error)
    {
        Log(exchange, error);
        if (exchange.HasStarted)
        {
            if (exchange.Response.Stage == ResponseStage.Ended) return true;
            exchange.Lifecycle.CutOff();
            return false;
        }
        exchange.Lifecycle.ReplaceByError(StatusOf(exchange, error));
        exchange.Lifecycle.EndBare();
        return true;
    }

    /// <summary>Where nobody is there, the status is for logs and measurements, as under Kestrel.</summary>
    private static int StatusOf(HttpExchange exchange, Exception error)
    {
        if (error is BadHttpRequestException bad) return bad.StatusCode;
        return IsClientGone(exchange, error) || exchange.IsClientGone
            ? StatusCodes.Status499ClientClosedRequest
            : StatusCodes.Status500InternalServerError;
    }

    private static void Log(HttpExchange exchange, Exception error)
    {
        string connection = exchange.Connection.Id;
        try
        {
            if (error is BadHttpRequestException)
                exchange.Server.Logs.BadRequests.BodyRefused(error, connection, exchange.Identifier);
            else if (IsClientGone(exchange, error))
                exchange.Server.Log.RequestAborted(error, connection, exchange.Identifier);
            else exchange.Server.Log.ApplicationFailed(error, connection, exchange.Identifier);
        }
        catch (Exception)
        {
            // A log that fails must not keep the client from its answer.
        }
    }

    /// <summary>True when the application failed because nobody is there to answer.</summary>
    internal static bool IsClientGone(HttpExchange exchange, Exception error) =>
        error is ConnectionResetException or ConnectionAbortedException
        || (exchange.IsClientGone && error is OperationCanceledException or IOException);
}
