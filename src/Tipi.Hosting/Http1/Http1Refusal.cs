using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>The whole answer to a request that the application never sees.</summary>
internal static class Http1Refusal
{
    /// <summary>More than the answer needs with the longest phrase.</summary>
    private const int LargestSize = 512;

    private const int LargestUsualHead = 64 * 1024;

    /// <summary>
    /// True when a client has most likely sent all it has to: what has come ends like a head and announces no body.
    /// </summary>
    internal static bool HasNothingBehind(in ReadOnlySequence<byte> received)
    {
        if (received.Length > LargestUsualHead) return false;
        ReadOnlySpan<byte> text = received.IsSingleSegment ? received.FirstSpan : received.ToArray();
        return text.EndsWith("\r\n\r\n"u8)
            && text.IndexOf("ontent-"u8) < 0 && text.IndexOf("ONTENT-"u8) < 0
            && text.IndexOf("ransfer-"u8) < 0 && text.IndexOf("RANSFER-"u8) < 0;
    }

    internal static void Write(ServerConnection connection, ProtocolError error)
    {
        ServerContext server = connection.Server;
        server.Metrics.RequestRefused(error.StatusCode);
        connection.EndsBecause(EndReasons.OfHead(error.Code));
        if (server.Logs.BadRequests.IsEnabled(LogLevel.Debug))
            server.Logs.BadRequests.RequestRefused(connection.Id, error.StatusCode, error.Message);
        PipeWriter output = connection.Transport.Transport.Output;
        var writer = new Http1HeadWriter(output.GetSpan(LargestSize));
        writer.TryWriteStatusLine(error.StatusCode);
        writer.TryWriteLine(server.Clock.Lines.DateAndServer);
        if (error.AllowedMethod is { } allowed) writer.TryWriteField("Allow", allowed);
        writer.TryWriteContentLength(0);
        writer.TryWriteLine("Connection: close\r\n"u8);
        writer.TryEnd();
        output.Advance(writer.Written);
    }
}
