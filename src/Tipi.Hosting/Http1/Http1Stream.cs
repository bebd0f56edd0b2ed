using System.Buffers;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics.Access;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Features;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// One request and its response on an HTTP/1 connection: the exchange, and what this version adds to it. Rented from
/// the pool when a request's first bytes are there, returned when the response has left.
/// </summary>
internal sealed class Http1Stream
{
    /// <summary>As in Kestrel, the name of a Content-Length that does not count beside Transfer-Encoding.</summary>
    private const string IgnoredLength = "X-Content-Length";

    private byte[] _assembled = [];
    private int _assembledLength;

    internal Http1Stream(ServerContext server)
    {
        var strings = new StringCache(!server.Options.DisableStringReuse);
        Text = new ReceivedText(strings, server.Options.RequestEncodings);
        Output = new Http1Output(this);
        Body = new Http1RequestBody(this);
        Exchange = new HttpExchange(server, Body, Output);
    }

    internal RequestHead Head { get; } = new();

    internal HttpExchange Exchange { get; }

    internal Http1RequestBody Body { get; }

    internal Http1Output Output { get; }

    internal ReceivedText Text { get; }

    /// <summary>The request's entry in the access log; null while there is none.</summary>
    internal AccessRecord? Access { get; private set; }

    /// <summary>Begins the request's entry in the access log.</summary>
    internal void BeginAccess() => (Access ??= new AccessRecord()).Begin(Exchange);

    /// <summary>
    /// Parses the head at the start of <paramref name="buffer"/>. When that is not contiguous its bytes are copied
    /// once, those that were copied before are not copied again.
    /// </summary>
    internal ParseStatus Parse(in ReadOnlySequence<byte> buffer, ServerConnection connection, out ProtocolError error)
    {
        Http1Limits limits = connection.Endpoint.Http1Limits;
        ReadOnlySpan<byte> bytes = buffer.IsSingleSegment ? buffer.FirstSpan : Assemble(buffer, limits);
        ParseStatus status = Http1RequestParser.TryParse(bytes, limits, Head, out error);
        if (status == ParseStatus.Complete) error = Load(bytes, connection);
        return error.Code == ProtocolErrorCode.None ? status : ParseStatus.Invalid;
    }

    /// <summary>Forgets everything, for another request of any connection.</summary>
    internal void Reset()
    {
        Exchange.Reset();
        Body.Reset();
        Output.Reset();
        Head.Reset();
        ReleaseAssembled();
    }

    private ReadOnlySpan<byte> Assemble(in ReadOnlySequence<byte> buffer, Http1Limits limits)
    {
        // Behind a head that is within its limits there may be any amount of body: it is not copied.
        int largest = limits.MaxRequestLineSize + limits.MaxHeadersTotalSize + 4;
        int length = (int)Math.Min(buffer.Length, largest);
        if (length > _assembled.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(length);
            _assembled.AsSpan(0, _assembledLength).CopyTo(larger);
            if (_assembled.Length > 0) ArrayPool<byte>.Shared.Return(_assembled);
            _assembled = larger;
        }
        if (length > _assembledLength)
            buffer.Slice(_assembledLength, length - _assembledLength).CopyTo(_assembled.AsSpan(_assembledLength));
        _assembledLength = length;
        return _assembled.AsSpan(0, length);
    }

    private void ReleaseAssembled()
    {
        if (_assembled.Length == 0) return;
        ArrayPool<byte>.Shared.Return(_assembled);
        (_assembled, _assembledLength) = ([], 0);
    }

    /// <summary>Gives the exchange its own strings: the bytes go back to the transport.</summary>
    private ProtocolError Load(ReadOnlySpan<byte> bytes, ServerConnection connection)
    {
        RequestHead head = Head;
        RequestFeature request = Exchange.Request;
        string method = MethodNames.GetName(head.Method);
        if (method.Length == 0) method = Text.Get(head.MethodRange.Of(bytes));
        Exchange.Attach(connection, method, connection.NextRequestNumber());
        Body.Attach(connection.Transport.Transport);
        Output.Attach(connection.Transport.Transport.Output);
        request.Method = method;
        request.Scheme = connection.Scheme;
        request.Protocol = head.MinorVersion == 1 ? HttpProtocol.Http11 : HttpProtocol.Http10;
        request.RawTarget = Text.Get(head.TargetRange.Of(bytes));
        request.QueryString = Text.Get(head.QueryRange.Of(bytes));
        if (!TryLoadPath(head.PathRange.Of(bytes), request)) return new ProtocolError(ProtocolErrorCode.InvalidTarget);
        Exchange.ReceivedPath = request.Path;
        return LoadFields(bytes);
    }

    private bool TryLoadPath(ReadOnlySpan<byte> path, RequestFeature request)
    {
        if (Head.PathNeedsDecoding)
        {
            bool isValid = PathDecoding.TryDecode(path, out string? decoded);
            request.Path = decoded ?? "";
            return isValid;
        }
        // The usual target is a path and nothing else, and one string serves both.
        if (path.Length == request.RawTarget.Length) request.Path = request.RawTarget;
        else if (path.IsEmpty && Head.TargetForm == RequestTargetForm.Absolute) request.Path = "/";
        else request.Path = Text.Get(path);
        return true;
    }

    private ProtocolError LoadFields(ReadOnlySpan<byte> bytes)
    {
        HeaderTable headers = Exchange.RequestHeaders;
        string? lengthName = Head.Body.Kind == BodyKind.Chunked ? IgnoredLength : null;
        ProtocolErrorCode error = Http1FieldLines.Load(Head.Fields, bytes, Text, headers, lengthName);
        headers.ContentLength = Head.ContentLength;
        if (Head.HostIsOverridden) headers["Host"] = Text.Get(Head.AuthorityRange.Of(bytes));
        return new ProtocolError(error);
    }
}
