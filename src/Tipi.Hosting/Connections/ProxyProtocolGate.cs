using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Proxy;

namespace Tipi.Hosting.Connections;

/// <summary>
/// What the connections of an endpoint with the PROXY protocol pass before anything else sees them.
/// <code>
/// accepted ──source allowed──→ reading ──header──→ addresses set ──→ served
///    │ not allowed               │ none ──→ Required: refused, Optional: served
///    └→ Required: refused        │ malformed, cut off, late ──→ refused
///       Optional: served         └ stop, or the peer leaves without a byte ──→ closed
/// </code>
/// Invariant: of the input nothing but a valid header is consumed before the connection is served.
/// </summary>
internal sealed class ProxyProtocolGate(ProxyProtocolOptions options)
{
    /// <summary>The longest header: 16 bytes, two paths, and what the options allow.</summary>
    private readonly int _largest = 16 + 216 + options.MaxTlvSize;

    private readonly LogThrottle _strangerLog = new();

    private bool IsRequired => options.Mode == ProxyProtocolMode.Required;

    /// <summary>Reads the header and tells the connection what it says.</summary>
    /// <returns>False when the connection was refused, or has ended.</returns>
    internal async ValueTask<bool> PassAsync(ServerConnection connection)
    {
        if (!options.Allows(connection.Transport.RemoteEndPoint))
        {
            if (!IsRequired) return true;
            LogStranger(connection);
            return await RefuseAsync(connection, ProxyRefusal.NotAllowed);
        }
        connection.ExpireIn(connection.Limits.RequestHeadersTimeout);
        PipeReader input = connection.Transport.Transport.Input;
        while (true)
        {
            ReadResult read = await input.ReadAsync();
            ProxyStatus status = Parse(read.Buffer, connection, out SequencePosition consumed, out ProxyError error);
            bool isDecided = status != ProxyStatus.NeedMore;
            input.AdvanceTo(consumed, isDecided ? consumed : read.Buffer.End);
            if (status == ProxyStatus.Complete || (status == ProxyStatus.Absent && !IsRequired)) return true;
            if (status == ProxyStatus.Absent) return await RefuseAsync(connection, ProxyRefusal.Missing);
            if (status == ProxyStatus.Invalid) return await RefuseAsync(connection, ProxyRefusal.Malformed, error);
            if (read.IsCompleted)
                return !read.Buffer.IsEmpty && await RefuseAsync(connection, ProxyRefusal.Malformed, error);
            if (!read.IsCanceled) continue;
            if (connection.MustEnd) return false;
            if (connection.HasExpired) return await RefuseAsync(connection, ProxyRefusal.Timeout);
        }
    }

    private ProxyStatus Parse(
        in ReadOnlySequence<byte> buffer, ServerConnection connection, out SequencePosition consumed,
        out ProxyError error)
    {
        int length = (int)Math.Min(buffer.Length, _largest);
        byte[]? joined = buffer.FirstSpan.Length < length ? ArrayPool<byte>.Shared.Rent(length) : null;
        if (joined is not null) buffer.Slice(0, length).CopyTo(joined);
        ReadOnlySpan<byte> bytes = joined is null ? buffer.FirstSpan : joined.AsSpan(0, length);
        ProxyStatus status = ProxyHeaderParser.TryParse(bytes, options.MaxTlvSize, out ProxyHeader header, out error);
        if (status == ProxyStatus.Complete) Apply(connection.Transport, header, bytes);
        if (joined is not null) ArrayPool<byte>.Shared.Return(joined);
        consumed = buffer.GetPosition(header.Length);
        return status;
    }

    private static void Apply(ConnectionContext transport, in ProxyHeader header, ReadOnlySpan<byte> bytes)
    {
        transport.Features.Set<IProxyProtocolFeature>(new ProxyProtocolFeature
        {
            Version = header.Version,
            IsLocal = header.Source is null,
            ProxyEndPoint = transport.RemoteEndPoint,
            ServerEndPoint = transport.LocalEndPoint,
            Tlvs = bytes[header.TlvStart..header.Length].ToArray(),
        });
        if (header.Source is null) return;
        transport.RemoteEndPoint = header.Source;
        transport.LocalEndPoint = header.Destination;
    }

    /// <summary>Closes without a reset, as a proxy shows those in its own log and statistics as failures.</summary>
    private static async ValueTask<bool> RefuseAsync(
        ServerConnection connection, ProxyRefusal reason, ProxyError error = default)
    {
        ServerContext server = connection.Server;
        server.Metrics.ConnectionRefused(reason.Text);
        if (server.Log.IsEnabled(LogLevel.Debug))
        {
            string text = error.Code == ProxyErrorCode.None ? reason.Message : error.Message;
            server.Log.ProxyHeaderRefused(connection.Id, connection.Transport.RemoteEndPoint?.ToString() ?? "", text);
        }
        try
        {
            await LingeringClose.RunAsync(connection, lingers: true);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            server.Log.ConnectionReset(gone, connection.Id);
        }
        return false;
    }

    private void LogStranger(ServerConnection connection)
    {
        if (_strangerLog.TryTake(connection.Server.Clock.NowMs, out long others))
            connection.Server.Log.ProxyNotAllowed(
                connection.Id, connection.Transport.RemoteEndPoint?.ToString() ?? "a Unix socket", others);
    }
}
