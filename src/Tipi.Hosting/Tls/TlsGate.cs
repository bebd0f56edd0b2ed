using System.Buffers;
using System.IO.Pipelines;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Http1;
using Tipi.Protocols.Tls;

namespace Tipi.Hosting.Tls;

/// <summary>
/// The step of an endpoint's pipeline behind which connections are encrypted. The first bytes decide:
/// <code>
/// waiting ──a ClientHello──→ handshake ──→ served
///    │ plain HTTP ────→ answered, closed    └ fails: closed
///    │ neither, malformed ──→ closed
///    └ late, gone, stop ──→ closed
/// </code>
/// Invariant: of the input nothing is consumed before it is known what it is.
/// </summary>
internal sealed class TlsGate(TlsPolicy policy, TipiListenOptions endpoint) : EndpointSecurity
{
    /// <summary>A fatal alert: the message cannot be read (RFC 8446 §6.2).</summary>
    private static ReadOnlySpan<byte> DecodeError => [21, 3, 1, 0, 2, 2, 50];

    /// <summary>A fatal alert: the message is another one (RFC 8446 §6.2).</summary>
    private static ReadOnlySpan<byte> UnexpectedMessage => [21, 3, 1, 0, 2, 2, 10];

    internal TlsPolicy Policy { get; } = policy;

    internal TipiListenOptions Endpoint { get; } = endpoint;

    internal LogThrottle ChoiceLog { get; } = new();

    internal override void Prepare(ILogger log) => Policy.Prepare(Endpoint, log);

    internal async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        ServerConnection owner = connection.Features.Get<ServerConnection>()!;
        TlsSession? session = await OpenAsync(connection, owner);
        if (session is null) return;
        IDuplexPipe transport = connection.Transport;
        connection.Transport = session;
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
            session.Dispose();
        }
    }

    /// <returns>Null when there is nothing to serve; the connection has then been dealt with.</returns>
    private async Task<TlsSession?> OpenAsync(ConnectionContext connection, ServerConnection owner)
    {
        long endMs = EndOf(owner.Server.Clock);
        owner.DeadlineMs = endMs;
        // Whoever is silent is looked at once a second, and needs no timer. Half a message has one.
        Timer? timer = null;
        // It is one from the first moment on, as others count it: who goes without a word has failed it.
        var handshake = new TlsHandshake(owner, this);
        ClientHelloProgress progress = default;
        PipeReader input = connection.Transport.Input;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                ClientHelloStatus status = Parse(buffer, ref progress, out ClientHello? hello);
                if (status != ClientHelloStatus.NeedMore)
                {
                    owner.DeadlineMs = long.MaxValue;
                    timer?.Dispose();
                }
                switch (status)
                {
                    case ClientHelloStatus.Complete:
                        byte[] bytes = buffer.Slice(0, hello!.Length).ToArray();
                        input.AdvanceTo(buffer.Start);
                        TimeSpan patience = Left(owner.Server.Clock, endMs);
                        TlsSession? session = await handshake.RunAsync(connection, hello, bytes, patience);
                        if (session is null) await CloseAsync(owner);
                        return session;
                    case ClientHelloStatus.Absent:
                        input.AdvanceTo(buffer.Start);
                        handshake.Fail(new AuthenticationException("The first bytes are not a TLS message."));
                        await PlainRequest.AnswerAsync(owner, Endpoint.PlainRequests);
                        return null;
                    case ClientHelloStatus.Invalid or ClientHelloStatus.Unexpected:
                        input.AdvanceTo(buffer.End);
                        connection.Transport.Output.Write(
                            status == ClientHelloStatus.Invalid ? DecodeError : UnexpectedMessage);
                        handshake.Fail(new AuthenticationException(
                            "The first TLS message is malformed, too long, or not a ClientHello."));
                        await CloseAsync(owner);
                        return null;
                }
                input.AdvanceTo(buffer.Start, buffer.End);
                if (HasEnded(owner, read, endMs, handshake)) return null;
                if (!buffer.IsEmpty) timer ??= WakeAt(endMs, owner);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            handshake.Fail(error);
            return null;
        }
        finally
        {
            timer?.Dispose();
        }
    }

    private static bool HasEnded(
        ServerConnection owner, in ReadResult read, long endMs, TlsHandshake handshake)
    {
        if (read.IsCompleted)
        {
            handshake.Fail(new IOException("The connection ended before the first TLS message was complete."));
            return true;
        }
        if (!read.IsCanceled) return false;
        if (owner.MustEnd)
        {
            owner.EndsBecause(ConnectionEndReason.GracefulAppShutdown);
            handshake.Fail(new ConnectionAbortedException("The server is stopping."));
            return true;
        }
        if (owner.Server.Clock.ExactMs < endMs) return false;
        handshake.Fail(new OperationCanceledException());
        return true;
    }

    private static ClientHelloStatus Parse(
        in ReadOnlySequence<byte> buffer, ref ClientHelloProgress progress, out ClientHello? hello)
    {
        if (buffer.IsSingleSegment) return ClientHelloParser.TryParse(buffer.FirstSpan, ref progress, out hello);
        int length = (int)Math.Min(buffer.Length, ClientHelloParser.MaxLength);
        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(joined);
        ClientHelloStatus status = ClientHelloParser.TryParse(joined.AsSpan(0, length), ref progress, out hello);
        ArrayPool<byte>.Shared.Return(joined);
        return status;
    }

    private long EndOf(ServerClock clock) => Policy.HandshakeTimeout == TimeSpan.MaxValue
        ? long.MaxValue
        : clock.ExactMs + (long)Policy.HandshakeTimeout.TotalMilliseconds;

    /// <summary>What is left of a handshake's time.</summary>
    private static TimeSpan Left(ServerClock clock, long endMs) => endMs == long.MaxValue
        ? Timeout.InfiniteTimeSpan
        : TimeSpan.FromMilliseconds(Math.Clamp(endMs - clock.ExactMs, 1, int.MaxValue));

    private static Timer? WakeAt(long endMs, ServerConnection owner) => endMs == long.MaxValue
        ? null
        : new Timer(ServerConnection.WakeByTimer, owner, Left(owner.Server.Clock, endMs), Timeout.InfiniteTimeSpan);

    /// <summary>Closes so that the peer sees the alert, and not a reset.</summary>
    private static async Task CloseAsync(ServerConnection owner)
    {
        try
        {
            await LingeringClose.RunAsync(owner, LingeringClose.MostHeadBytes);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            owner.Server.Logs.Connections.ConnectionReset(error, owner.Id);
        }
    }
}
