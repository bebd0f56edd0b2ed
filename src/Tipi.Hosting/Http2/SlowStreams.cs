using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>Ends what a client sends or takes more slowly than the limits allow. The connection goes on.</summary>
internal static class SlowStreams
{
    /// <summary>Looks at all streams of a connection. Under its gate.</summary>
    internal static void End(ConnectionParts parts, StreamEndings endings, long nowMs)
    {
        while (parts.Output.CutOffs.TryTakeLate(nowMs, out int id)) endings.CutOff(id);
        foreach (Http2Stream stream in parts.Streams.All)
        {
            if (stream.IsClosed) continue;
            if (stream.Rest.IsAwaited) endings.Finish(stream);
            else if (stream.Body.IsTooSlow(nowMs)) EndRequest(parts.Owner, stream);
            else if (stream.Outgoing.Rate.IsOverdue(nowMs, stream.Exchange.MinResponseDataRate)
                || parts.Output.IsOverdue(stream.Outgoing, nowMs))
                EndResponse(parts.Owner, endings, stream);
        }
    }

    /// <summary>The application learns it and may still answer.</summary>
    private static void EndRequest(ServerConnection owner, Http2Stream stream)
    {
        double rate = stream.Exchange.MinRequestBodyDataRate?.BytesPerSecond ?? 0;
        owner.Server.Logs.BadRequests.RequestBodyTooSlow(owner.Id, stream.Exchange.Identifier, rate);
        stream.Body.Abort(
            new BadHttpRequestException("The request body arrived too slowly.", StatusCodes.Status408RequestTimeout));
    }

    private static void EndResponse(ServerConnection owner, StreamEndings endings, Http2Stream stream)
    {
        owner.Server.Logs.BadRequests.ResponseTooSlow(owner.Id);
        endings.ResetByFault(stream.Id, Http2ErrorCode.Cancel, "The client read the response too slowly.");
    }
}
