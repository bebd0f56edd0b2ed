using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http2;

/// <summary>Gives a stream the request that came before the connection changed to HTTP/2.</summary>
internal static class CarriedHead
{
    internal static void Load(Http2Stream stream, CarriedRequest carried)
    {
        HttpExchange exchange = stream.Exchange;
        ServerConnection owner = stream.Context.Owner;
        exchange.Attach(owner, carried.Method, (uint)stream.Id);
        RequestFeature request = exchange.Request;
        request.Method = carried.Method;
        request.Scheme = owner.Scheme;
        request.Protocol = Microsoft.AspNetCore.Http.HttpProtocol.Http2;
        request.Path = exchange.ReceivedPath = carried.Path;
        request.QueryString = carried.QueryString;
        request.RawTarget = carried.RawTarget;
        foreach (var (name, value) in carried.Headers) exchange.RequestHeaders[name] = value;
        long? length = carried.Body.Length > 0 ? carried.Body.Length : null;
        stream.Body.Begin(length, endStream: carried.Body.Length == 0, expectsContinue: false, protocol: null);
    }
}
