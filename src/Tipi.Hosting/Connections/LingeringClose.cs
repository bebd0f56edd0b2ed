using System.IO.Pipelines;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>
/// Ends a connection. After an answer that leaves received bytes unread the input is read for a moment: closing at once
/// would send a reset, and that can overtake the answer.
/// </summary>
internal static class LingeringClose
{
    /// <summary>
    /// Received bytes after a refused head or malformed body, beyond which a client does not listen. Enough for a
    /// megabyte of fields; who sends lines or chunks without end should cost no more than that.
    /// </summary>
    internal const int MostHeadBytes = 1024 * 1024;

    /// <summary>
    /// Long enough for an answer to arrive, short enough that a silent client costs nothing; up to a second more, since
    /// it is looked at once a second. One that goes on sending has the time for draining, since it may look at the
    /// answer only afterwards.
    /// </summary>
    private const int SilenceMs = 500;

    /// <summary>The same for a client that seems to have sent all, and waits for the end. It comes precisely.</summary>
    private const int BriefSilenceMs = 150;

    /// <param name="connection">The connection.</param>
    /// <param name="mostBytes">Bytes to drop at most; 0: close at once.</param>
    /// <param name="isBrief">
    /// The client seems to have sent all; makes a difference where it cannot see the end before its own.
    /// </param>
    internal static async Task RunAsync(ServerConnection connection, long mostBytes, bool isBrief = false)
    {
        PipeReader input = connection.Transport.Transport.Input;
        PipeWriter output = connection.Transport.Transport.Output;
        await ResponseRate.FlushAsync(
            connection, output, connection.Limits.MinResponseDataRate, CancellationToken.None);
        if (mostBytes > 0)
        {
            // The sockets transport closes both directions at once: there the answer must be on its way first. What
            // middleware put between may do the same.
            bool isEnded = connection.CanEndOutputFirst;
            if (isEnded) await output.CompleteAsync();
            await using Timer? timer = isBrief && !isEnded
                ? new Timer(ServerConnection.WakeByTimer, connection, BriefSilenceMs, Timeout.Infinite)
                : null;
            await DropInputAsync(connection, input, mostBytes, isBrief && !isEnded);
        }
        await output.CompleteAsync();
        await input.CompleteAsync();
    }

    private static async Task DropInputAsync(ServerConnection connection, PipeReader input, long left, bool isBrief)
    {
        ServerClock clock = connection.Server.Clock;
        long briefEndMs = clock.ExactMs + BriefSilenceMs / 2;
        long endMs = clock.After(connection.Limits.RequestDrainTimeout);
        while (left > 0 && clock.NowMs <= endMs)
        {
            connection.DeadlineMs = Math.Min(clock.ExactMs + SilenceMs, endMs);
            ReadResult read = await input.ReadAsync();
            bool isSilent = read.Buffer.IsEmpty;
            left -= read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            bool isOver = connection.HasExpired || (isBrief && clock.ExactMs >= briefEndMs);
            if (read.IsCompleted || (isSilent && isOver)) return;
            isBrief &= isSilent;
        }
    }
}
