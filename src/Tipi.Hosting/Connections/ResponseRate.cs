using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Aborts a connection whose peer reads too slowly. Only a flush that waits is timed: its bytes, and those that were
/// queued before it, must leave at the least rate, or within the grace period when that is longer.
/// </summary>
/// <remarks>
/// A flush's token never reaches the pipe. One of the framework takes the bytes and throws when the token is cancelled
/// as its wait begins, and does not tell its reader of them: they lie there, and the next flush waits for ever.
/// </remarks>
internal static class ResponseRate
{
    private static readonly Action<object?> s_cancel = static pipe => ((PipeWriter)pipe!).CancelPendingFlush();

    internal static ValueTask<FlushResult> FlushAsync(
        ServerConnection connection, PipeWriter pipe, MinDataRate? rate, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        long bytes = pipe.CanGetUnflushedBytes ? pipe.UnflushedBytes : 0;
        ValueTask<FlushResult> flush = FlushPipe(connection, pipe);
        if (flush.IsCompleted || (rate is null && !cancellationToken.CanBeCanceled)) return flush;
        connection.AbortAtMs = ResponseDeadline.Of(connection.Server.Clock, connection.Limits, rate, bytes);
        return WaitAsync(connection, pipe, flush, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<FlushResult> WaitAsync(
        ServerConnection connection, PipeWriter pipe, ValueTask<FlushResult> flush, CancellationToken cancellationToken)
    {
        CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(s_cancel, pipe);
        FlushResult result;
        try
        {
            result = await flush;
        }
        finally
        {
            connection.AbortAtMs = long.MaxValue;
            // Waits for a cancellation that is under way: afterwards none comes.
            registration.Dispose();
        }
        if (!cancellationToken.IsCancellationRequested) return result;
        if (result.IsCanceled) throw new OperationCanceledException(cancellationToken);
        // It may have come behind the flush, and would cancel the next one. That one sees to it: here the pipe may be
        // in use by the next write already.
        connection.HasLateCancellation = true;
        return result;
    }

    private static ValueTask<FlushResult> FlushPipe(ServerConnection connection, PipeWriter pipe)
    {
        ValueTask<FlushResult> flush = pipe.FlushAsync(CancellationToken.None);
        if (!connection.HasLateCancellation) return flush;
        connection.HasLateCancellation = false;
        if (!flush.IsCompletedSuccessfully) return flush;
        FlushResult result = flush.Result;
        return result.IsCanceled ? pipe.FlushAsync(CancellationToken.None) : new ValueTask<FlushResult>(result);
    }
}
