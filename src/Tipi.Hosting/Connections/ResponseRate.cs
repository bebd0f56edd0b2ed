using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Aborts a connection whose peer reads too slowly. Only a flush that waits is timed: its bytes, and those that were
/// queued before it, must leave at the least rate, or within the grace period when that is longer.
/// </summary>
internal static class ResponseRate
{
    internal static ValueTask<FlushResult> FlushAsync(
        ServerConnection connection, PipeWriter pipe, MinDataRate? rate, CancellationToken cancellationToken)
    {
        long bytes = pipe.CanGetUnflushedBytes ? pipe.UnflushedBytes : 0;
        ValueTask<FlushResult> flush = pipe.FlushAsync(cancellationToken);
        if (flush.IsCompleted || rate is null) return flush;
        connection.AbortAtMs = Deadline(connection, rate, bytes);
        return WaitAsync(connection, flush);
    }

    /// <summary>When all that is queued must have left; MaxValue without a rate.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="rate">The least rate; null: none.</param>
    /// <param name="bytes">Bytes that are queued in addition to a full buffer.</param>
    internal static long Deadline(ServerConnection connection, MinDataRate? rate, long bytes)
    {
        if (rate is null) return long.MaxValue;
        double queued = bytes + (connection.Limits.MaxResponseBufferSize ?? 0);
        double neededMs = queued / rate.BytesPerSecond * 1000;
        // Not the server's clock: a second that it is late would be missing from the grace period.
        return Environment.TickCount64 + (long)Math.Max(neededMs, rate.GracePeriod.TotalMilliseconds);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<FlushResult> WaitAsync(ServerConnection connection, ValueTask<FlushResult> flush)
    {
        try
        {
            return await flush;
        }
        finally
        {
            connection.AbortAtMs = long.MaxValue;
        }
    }
}
