using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Http1;
using Tipi.Protocols.Tls;

namespace Tipi.Hosting.Tls;

/// <summary>
/// The step of an endpoint's pipeline behind which connections are encrypted. The first bytes decide:
/// <code>
/// waiting ──a ClientHello──→ handshake ──→ served
///    │ HTTP in clear ──→ answered, closed    └ fails: closed
///    │ neither, malformed ──→ closed
///    └ late, gone, stop ──→ closed
/// </code>
/// Invariant: of the input nothing is consumed before it is known what it is.
/// </summary>
internal sealed class TlsGate(TlsPolicy policy, TipiListenOptions endpoint)
{
    /// <summary>A fatal alert: the message can not be read (RFC 8446 §6.2).</summary>
    private static ReadOnlySpan<byte> DecodeError => [21, 3, 1, 0, 2, 2, 50];

    internal TlsPolicy Policy { get; } = policy;

    internal TipiListenOptions Endpoint { get; } = endpoint;

    internal LogThrottle ChoiceLog { get; } = new();

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
        long startMs = Environment.TickCount64;
        owner.ExpireIn(Policy.HandshakeTimeout);
        TlsHandshake? handshake = null;
        PipeReader input = connection.Transport.Input;
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync();
                ReadOnlySequence<byte> buffer = read.Buffer;
                ClientHelloStatus status = Parse(buffer, out ClientHello? hello);
                if (status != ClientHelloStatus.NeedMore) owner.DeadlineMs = long.MaxValue;
                if (status != ClientHelloStatus.Absent && !buffer.IsEmpty) handshake ??= new(owner, this);
                switch (status)
                {
                    case ClientHelloStatus.Complete:
                        byte[] bytes = buffer.Slice(0, hello!.Length).ToArray();
                        input.AdvanceTo(buffer.Start);
                        TlsSession? session = await handshake!.RunAsync(connection, hello, bytes, Left(startMs));
                        if (session is null) await CloseAsync(owner);
                        return session;
                    case ClientHelloStatus.Absent:
                        input.AdvanceTo(buffer.Start);
                        await PlainRequest.AnswerAsync(owner, Endpoint.PlainRequests);
                        return null;
                    case ClientHelloStatus.Invalid:
                        input.AdvanceTo(buffer.End);
                        connection.Transport.Output.Write(DecodeError);
                        handshake!.Fail(new InvalidDataException("The first TLS message is malformed or too long."));
                        await CloseAsync(owner);
                        return null;
                }
                input.AdvanceTo(buffer.Start, buffer.End);
                if (!HasEnded(owner, read, ref handshake)) continue;
                return null;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            if (handshake is null) owner.EndsBecause(ConnectionEndReason.TransportCompleted);
            else handshake.Fail(error);
            return null;
        }
    }

    private bool HasEnded(ServerConnection owner, in ReadResult read, ref TlsHandshake? handshake)
    {
        if (read.IsCompleted)
        {
            // Who leaves without a byte has only looked whether somebody listens.
            if (read.Buffer.IsEmpty) owner.EndsBecause(ConnectionEndReason.TransportCompleted);
            else handshake!.Fail(new EndOfStreamException("The connection ended inside the first TLS message."));
            return true;
        }
        if (!read.IsCanceled) return false;
        if (owner.MustEnd)
        {
            handshake?.Fail(new ConnectionAbortedException("The server stops."));
            owner.EndsBecause(ConnectionEndReason.GracefulAppShutdown);
            return true;
        }
        if (!owner.HasExpired) return false;
        (handshake ?? new TlsHandshake(owner, this)).Fail(new OperationCanceledException());
        return true;
    }

    private static ClientHelloStatus Parse(in ReadOnlySequence<byte> buffer, out ClientHello? hello)
    {
        if (buffer.IsSingleSegment) return ClientHelloParser.TryParse(buffer.FirstSpan, out hello);
        int length = (int)Math.Min(buffer.Length, ClientHelloParser.MaxLength);
        byte[] joined = ArrayPool<byte>.Shared.Rent(length);
        buffer.Slice(0, length).CopyTo(joined);
        ClientHelloStatus status = ClientHelloParser.TryParse(joined.AsSpan(0, length), out hello);
        ArrayPool<byte>.Shared.Return(joined);
        return status;
    }

    /// <summary>What is left of a handshake's time.</summary>
    private TimeSpan Left(long startMs)
    {
        if (Policy.HandshakeTimeout == TimeSpan.MaxValue) return Timeout.InfiniteTimeSpan;
        double leftMs = Policy.HandshakeTimeout.TotalMilliseconds - (Environment.TickCount64 - startMs);
        return TimeSpan.FromMilliseconds(Math.Clamp(leftMs, 1, int.MaxValue));
    }

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
