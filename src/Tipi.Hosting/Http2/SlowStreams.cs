using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>Ends what a client sends or takes more slowly than the limits allow. The connection goes on.</summary>
internal static class SlowStreams
{
    /// <summary>Looks at all streams of a connection. Under its gate.</summary>
    internal static void End(Http2Connection connection, long nowMs)
    {
        connection.Output.CutOffs.EndLate(nowMs);
        foreach (Http2Stream stream in connection.Streams.All)
        {
            if (stream.IsClosed) continue;
            if (stream.Rest.IsAwaited) connection.Endings.Finish(stream);
            else if (stream.Body.IsTooSlow(nowMs)) EndRequest(connection, stream);
            else if (stream.Rate.IsOverdue(nowMs, stream.Exchange.MinResponseDataRate)
                || connection.Output.IsOverdue(stream, nowMs))
                EndResponse(connection, stream);
        }
    }

    /// <summary>The application learns it and may still answer.</summary>
    private static void EndRequest(Http2Connection connection, Http2Stream stream)
    {
        string id = connection.Owner.Id;
        double rate = stream.Exchange.MinRequestBodyDataRate?.BytesPerSecond ?? 0;
        connection.Owner.Server.Logs.BadRequests.RequestBodyTooSlow(id, stream.Exchange.Identifier, rate);
        stream.Body.Abort(
            new BadHttpRequestException("The request's body came too slowly.", StatusCodes.Status408RequestTimeout));
    }

    private static void EndResponse(Http2Connection connection, Http2Stream stream)
    {
        connection.Owner.Server.Logs.BadRequests.ResponseTooSlow(connection.Owner.Id);
        connection.Endings.ResetByFault(stream.Id, Http2ErrorCode.Cancel, "The response was taken too slowly.");
    }
}
