using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Answers a plain HTTP request on a connection that was to be encrypted, and closes: people type addresses without a
/// scheme. The application never sees it.
/// </summary>
internal static class PlainRequest
{
    private const int HttpsPort = 443;

    /// <summary>Lines besides the location.</summary>
    private const int HeadSize = 512;

    private static readonly SearchValues<byte> s_methodBytes = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ\r\n"u8);

    internal static async Task AnswerAsync(ServerConnection connection, PlainRequestAnswer answer)
    {
        PipeReader input = connection.Transport.Transport.Input;
        var head = new RequestHead();
        connection.ExpireIn(connection.Limits.RequestHeadersTimeout);
        try
        {
            while (true)
            {
                ReadResult read = await input.ReadAsync();
                bool isDone = TryAnswer(connection, read, head, answer);
                bool isLate = read.IsCanceled && (connection.HasExpired || connection.MustEnd);
                if (isLate && !isDone) Http1Refusal.Write(connection, new ProtocolError(ProtocolErrorCode.Timeout));
                input.AdvanceTo(isDone ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                if (isDone || isLate || read.IsCompleted) break;
            }
            await LingeringClose.RunAsync(connection, LingeringClose.MostHeadBytes);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            connection.EndsBecause(ConnectionEndReason.IOError);
            connection.Server.Logs.Connections.ConnectionReset(error, connection.Id);
        }
    }

    /// <returns>True when there is nothing more to wait for.</returns>
    private static bool TryAnswer(
        ServerConnection connection, in ReadResult read, RequestHead head, PlainRequestAnswer answer)
    {
        Http1Limits limits = connection.Endpoint.Http1Limits;
        long largest = (long)limits.MaxRequestLineSize + limits.MaxHeadersTotalSize + 4;
        ReadOnlySequence<byte> buffer = read.Buffer.Slice(0, Math.Min(largest, read.Buffer.Length));
        ReadOnlySpan<byte> bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        if (bytes.IsEmpty) return false;
        if (!s_methodBytes.Contains(bytes[0])) return true; // noise
        switch (Http1RequestParser.TryParse(bytes, limits, head, out ProtocolError error))
        {
            case ParseStatus.NeedMore:
                return false;
            case ParseStatus.Complete when answer == PlainRequestAnswer.Redirect
                && LocationOf(head, bytes, connection.Transport.LocalEndPoint) is { } location:
                Redirect(connection, location);
                break;
            case ParseStatus.Complete:
                error = new ProtocolError(ProtocolErrorCode.NeedsTls);
                goto default;
            default:
                Http1Refusal.Write(connection, error);
                break;
        }
        LogAccess(connection, error, head, buffer);
        return true;
    }

    private static void LogAccess(
        ServerConnection connection, ProtocolError error, RequestHead head, in ReadOnlySequence<byte> received)
    {
        if (connection.Server.AccessLog is not { } log) return;
        bool isRedirect = error.Code == ProtocolErrorCode.None;
        var reason = isRedirect ? new ProtocolError(ProtocolErrorCode.NeedsTls) : error;
        var entry = RefusedRequest.Describe(connection, reason, head, received);
        if (isRedirect) entry.Status = (int)HttpStatusCode.PermanentRedirect;
        log.Add(entry);
    }

    /// <summary>Where the same is over https; null for a request that names no host or no path.</summary>
    private static string? LocationOf(RequestHead head, ReadOnlySpan<byte> bytes, EndPoint? local)
    {
        if (head.TargetForm is RequestTargetForm.Authority or RequestTargetForm.Asterisk) return null;
        ReadOnlySpan<byte> authority = head.AuthorityRange.Of(bytes);
        if (authority.IsEmpty && head.HostIndex >= 0) authority = head[head.HostIndex].Value(bytes);
        if (authority.IsEmpty) return null;
        // A port may be empty, and is none then (RFC 3986 §3.2.3).
        string host = Encoding.Latin1.GetString(authority).TrimEnd(':');
        if (!HasPort(host) && local is IPEndPoint { Port: not HttpsPort } ip) host += $":{ip.Port}";
        string path = Encoding.Latin1.GetString(head.PathRange.Of(bytes));
        return $"https://{host}{(path.Length == 0 ? "/" : path)}{Encoding.Latin1.GetString(head.QueryRange.Of(bytes))}";
    }

    private static bool HasPort(string host) => host.LastIndexOf(':') > host.LastIndexOf(']');

    private static void Redirect(ServerConnection connection, string location)
    {
        ServerContext server = connection.Server;
        const int status = (int)HttpStatusCode.PermanentRedirect;
        server.Metrics.RequestRefused(status);
        connection.EndsBecause(ConnectionEndReason.ResponseNoKeepAlive);
        if (server.Logs.BadRequests.IsEnabled(Microsoft.Extensions.Logging.LogLevel.Debug))
            server.Logs.BadRequests.RequestRefused(
                connection.Id, status, new ProtocolError(ProtocolErrorCode.NeedsTls).Message);
        PipeWriter output = connection.Transport.Transport.Output;
        var writer = new Http1HeadWriter(output.GetSpan(HeadSize + location.Length));
        writer.TryWriteStatusLine(status);
        writer.TryWriteLine(server.Clock.Lines.DateAndServer);
        writer.TryWriteField("Location", location);
        writer.TryWriteContentLength(0);
        writer.TryWriteLine("Connection: close\r\n"u8);
        writer.TryEnd();
        output.Advance(writer.Written);
    }
}
