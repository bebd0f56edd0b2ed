using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// One request and its response on an HTTP/1 connection: the exchange, and what this version adds to it. Applications
/// may hold on to it, so that it serves the requests of one connection only.
/// </summary>
internal sealed class Http1Stream
{
    /// <summary>As in Kestrel, the name of a Content-Length that does not count beside Transfer-Encoding.</summary>
    private const string IgnoredLength = "X-Content-Length";

    internal Http1Stream(ExchangeContext shared)
    {
        Output = new Http1Output(this);
        Body = new Http1RequestBody(this);
        Exchange = new HttpExchange(shared, Body, Output);
    }

    /// <summary>Those of no request between two requests.</summary>
    internal HeadFacts Head { get; private set; }

    internal HttpExchange Exchange { get; }

    internal Http1RequestBody Body { get; }

    internal Http1Output Output { get; }

    /// <summary>The request's entry in the access log; null while there is none.</summary>
    internal AccessRecord? Access { get; private set; }

    /// <summary>Begins the request's entry in the access log.</summary>
    internal void BeginAccess() => (Access ??= new AccessRecord()).Begin(Exchange);

    /// <summary>A request begins: gives the exchange strings of its own, so that the bytes can go back.</summary>
    /// <returns>Why it cannot be served, if it cannot.</returns>
    internal ProtocolError Load(Http1HeadReader reader, ReadOnlySpan<byte> bytes, ServerConnection connection)
    {
        RequestHead head = reader.Head;
        ReceivedText text = reader.Text;
        Head = new HeadFacts(head);
        RequestFeature request = Exchange.Request;
        string method = MethodNames.GetName(head.Method);
        if (method.Length == 0) method = text.Get(head.MethodRange.Of(bytes));
        Exchange.Attach(connection, method, connection.NextRequestNumber());
        Body.Attach(connection.Transport.Transport);
        Output.Attach(connection.ResponseOutput);
        request.Method = method;
        request.Scheme = connection.Scheme;
        request.Protocol = head.MinorVersion == 1 ? HttpProtocol.Http11 : HttpProtocol.Http10;
        request.RawTarget = text.Get(head.TargetRange.Of(bytes));
        request.QueryString = text.Get(head.QueryRange.Of(bytes));
        if (!TryLoadPath(reader, bytes, request)) return new ProtocolError(ProtocolErrorCode.InvalidTarget);
        Exchange.ReceivedPath = request.Path;
        return LoadFields(reader, bytes);
    }

    /// <summary>Forgets everything, for another request of the same connection.</summary>
    internal void Reset()
    {
        Exchange.Reset();
        Body.Reset();
        Output.Reset();
        Head = default;
    }

    private static bool TryLoadPath(Http1HeadReader reader, ReadOnlySpan<byte> bytes, RequestFeature request)
    {
        ReadOnlySpan<byte> path = reader.Head.PathRange.Of(bytes);
        if (reader.Head.PathNeedsDecoding)
        {
            bool isValid = PathDecoding.TryDecode(path, out string? decoded);
            request.Path = decoded ?? "";
            return isValid;
        }
        // The usual target is a path and nothing else, and one string serves both.
        if (path.Length == request.RawTarget.Length) request.Path = request.RawTarget;
        else if (path.IsEmpty && reader.Head.TargetForm == RequestTargetForm.Absolute) request.Path = "/";
        else request.Path = reader.Text.Get(path);
        return true;
    }

    private ProtocolError LoadFields(Http1HeadReader reader, ReadOnlySpan<byte> bytes)
    {
        RequestHead head = reader.Head;
        HeaderTable headers = Exchange.RequestHeaders;
        string? lengthName = head.Body.Kind == BodyKind.Chunked ? IgnoredLength : null;
        ProtocolErrorCode error = Http1FieldLines.Load(head.Fields, bytes, reader.Text, headers, lengthName);
        headers.ContentLength = head.ContentLength;
        if (head.HostIsOverridden) headers["Host"] = reader.Text.Get(head.AuthorityRange.Of(bytes));
        return new ProtocolError(error);
    }
}
