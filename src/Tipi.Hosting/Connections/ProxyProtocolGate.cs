using System.Buffers;
using System.IO.Pipelines;
using System.Net;
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
/// Invariant: of the input nothing but a valid header is consumed before the connection is served; what the options say
/// later does not matter.
/// </summary>
internal sealed class ProxyProtocolGate(ProxyProtocolOptions options)
{
    /// <summary>16 bytes and two paths, in front of the extensions.</summary>
    private const int LargestFixedSize = 16 + 216;

    private readonly IPNetwork[] _networks = [.. options.AllowedNetworks];
    private readonly bool _allowsUnixSocket = options.AllowUnixSocket;
    private readonly bool _isRequired = options.Mode == ProxyProtocolMode.Required;
    private readonly int _maxTlvSize = options.MaxTlvSize;
    private readonly LogThrottle _strangerLog = new();

    /// <summary>Reads the header and tells the connection what it says.</summary>
    /// <returns>False when the connection was refused, or has ended.</returns>
    internal async ValueTask<bool> PassAsync(ServerConnection connection)
    {
        if (!Allows(connection.Transport.RemoteEndPoint, connection.Transport.LocalEndPoint))
        {
            if (!_isRequired) return true;
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
            bool isCutOff = read.IsCompleted && !read.Buffer.IsEmpty;
            input.AdvanceTo(consumed, isDecided ? consumed : read.Buffer.End);
            if (status == ProxyStatus.Complete || (status == ProxyStatus.Absent && !_isRequired))
            {
                connection.DeadlineMs = long.MaxValue;
                return true;
            }
            if (status == ProxyStatus.Absent) return await RefuseAsync(connection, ProxyRefusal.Missing);
            if (status == ProxyStatus.Invalid) return await RefuseAsync(connection, ProxyRefusal.Malformed, error);
            if (isCutOff) return await RefuseAsync(connection, ProxyRefusal.Malformed);
            if (read.IsCompleted) return EndWithoutHeader(connection, ConnectionEndReason.TransportCompleted);
            if (!read.IsCanceled) continue;
            if (connection.MustEnd) return EndWithoutHeader(connection, ConnectionEndReason.GracefulAppShutdown);
            if (connection.HasExpired) return await RefuseAsync(connection, ProxyRefusal.Timeout);
        }
    }

    /// <param name="source">Where the connection comes from.</param>
    /// <param name="local">Where it was accepted.</param>
    internal bool Allows(EndPoint? source, EndPoint? local)
    {
        if (source is not IPEndPoint ip) return _allowsUnixSocket && !UnknownPeer.Is(source, local);
        IPAddress address = ip.Address.IsIPv4MappedToIPv6 ? ip.Address.MapToIPv4() : ip.Address;
        foreach (IPNetwork network in _networks)
        {
            if (network.Contains(address)) return true;
        }
        return false;
    }

    private ProxyStatus Parse(
        in ReadOnlySequence<byte> buffer, ServerConnection connection, out SequencePosition consumed,
        out ProxyError error)
    {
        int length = (int)Math.Min(buffer.Length, LargestFixedSize + _maxTlvSize);
        byte[]? joined = buffer.FirstSpan.Length < length ? ArrayPool<byte>.Shared.Rent(length) : null;
        if (joined is not null) buffer.Slice(0, length).CopyTo(joined);
        ReadOnlySpan<byte> bytes = joined is null ? buffer.FirstSpan : joined.AsSpan(0, length);
        ProxyStatus status = ProxyHeaderParser.TryParse(bytes, _maxTlvSize, out ProxyHeader header, out error);
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

    private static bool EndWithoutHeader(ServerConnection connection, ConnectionEndReason reason)
    {
        connection.EndsBecause(reason);
        return false;
    }

    /// <summary>Closes without a reset, as a proxy shows those in its own log and statistics as failures.</summary>
    private static async ValueTask<bool> RefuseAsync(
        ServerConnection connection, ProxyRefusal reason, ProxyError error = default)
    {
        ServerContext server = connection.Server;
        server.Metrics.ConnectionRefused(EndReasons.ErrorTypeOf(reason.End)!);
        connection.EndsBecause(reason.End);
        if (server.Log.IsEnabled(LogLevel.Debug))
        {
            string text = error.Code == ProxyErrorCode.None ? reason.Message : error.Message;
            server.Log.ProxyHeaderRefused(connection.Id, connection.Transport.RemoteEndPoint?.ToString() ?? "", text);
        }
        try
        {
            await LingeringClose.RunAsync(connection, LingeringClose.MostHeadBytes);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            server.Logs.Connections.ConnectionReset(gone, connection.Id);
        }
        return false;
    }

    private void LogStranger(ServerConnection connection)
    {
        if (!_strangerLog.TryTake(connection.Server.Clock.NowMs, out long others)) return;
        string source = connection.Transport.RemoteEndPoint?.ToString()
            ?? (UnknownPeer.Is(connection.Transport) ? "an unknown address" : "a Unix socket");
        connection.Server.Log.ProxyNotAllowed(connection.Id, source, others);
    }
}
