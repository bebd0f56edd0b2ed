using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Protocols.Http1;

namespace Tipi.Hosting.Http1;

/// <summary>
/// Decides how a response's body is framed and whether the connection goes on (RFC 9112 §6, §9.3), and encodes the head
/// that says so.
/// </summary>
internal ref struct Http1ResponseHead
{
    private readonly HttpExchange _exchange;
    private readonly bool _isHttp10;
    private readonly bool _hasConnection;
    private readonly bool _hasTransferEncoding;
    private readonly bool _hasDate;
    private readonly bool _hasServer;
    private readonly long? _length;

    /// <param name="exchange">The request and its response.</param>
    /// <param name="request">The request's head.</param>
    /// <param name="endsConnection">Nothing can follow the request's body.</param>
    /// <param name="bodyEnds">The response has no body, or has its whole body already.</param>
    internal Http1ResponseHead(HttpExchange exchange, HeadFacts request, bool endsConnection, bool bodyEnds)
    {
        _exchange = exchange;
        _isHttp10 = request.MinorVersion == 0;
        KeepsAlive = request.KeepAlive && !endsConnection && !exchange.Connection.IsEnding;
        foreach (ref readonly HeaderTable.Field field in _exchange.ResponseHeaders.Fields)
        {
            switch (field.Name.Length)
            {
                case 10 when Is(field.Name, HeaderNames.Connection):
                    _hasConnection = true;
                    if (HasElement(field.Value, "close")) KeepsAlive = false;
                    break;
                case 17 when Is(field.Name, HeaderNames.TransferEncoding):
                    _hasTransferEncoding = true;
                    if (!EndsChunked(field.Value)) KeepsAlive = false;
                    break;
                case 4 when Is(field.Name, HeaderNames.Date): _hasDate = true; break;
                case 6 when Is(field.Name, HeaderNames.Server): _hasServer = true; break;
            }
        }
        _length = _hasTransferEncoding ? null : _exchange.ResponseHeaders.ContentLength;
        Mode = Decide(bodyEnds);
    }

    internal Http1BodyMode Mode { get; private set; }

    internal bool KeepsAlive { get; private set; }

    internal bool EndsByClose { get; private set; }

    private long? ImpliedLength { get; set; }

    /// <summary>Writes the head, or nothing when there is too little space.</summary>
    internal readonly bool TryEncode(Span<byte> destination, out int written)
    {
        var writer = new Http1HeadWriter(destination);
        string? phrase = _exchange.Response.ReasonPhrase is { Length: > 0 } own ? own : null;
        bool fits = writer.TryWriteStatusLine(_exchange.StatusCode, phrase)
            && TryWriteServerLines(ref writer)
            && Http1FieldLines.TryWrite(ref writer, _exchange.ResponseHeaders)
            && TryWriteFraming(ref writer)
            && writer.TryEnd();
        written = fits ? writer.Written : 0;
        return fits;
    }

    private Http1BodyMode Decide(bool bodyEnds)
    {
        int status = _exchange.StatusCode;
        bool isHead = HttpMethods.IsHead(_exchange.ReceivedMethod);
        if (status == StatusCodes.Status101SwitchingProtocols)
        {
            KeepsAlive = false;
            return Http1BodyMode.Plain;
        }
        if (_exchange.ForbidsBody || isHead)
        {
            if (_hasTransferEncoding && !isHead)
                throw new InvalidOperationException($"A response with status {status} cannot have Transfer-Encoding.");
            // Whatever the application declared: a client would wait for it.
            if (ResponseRules.MayStateEmptyLength(_exchange.ReceivedMethod, status)) ImpliedLength = 0;
            return Http1BodyMode.None;
        }
        if (_hasTransferEncoding || _length is not null) return Http1BodyMode.Plain;
        if (ResponseRules.OpensTunnel(_exchange.ReceivedMethod, status)) return UntilClose();
        if (bodyEnds && !(_exchange.HasTrailers && !_isHttp10))
        {
            ImpliedLength = 0;
            return Http1BodyMode.Plain;
        }
        return _isHttp10 ? UntilClose() : Http1BodyMode.Chunked;
    }

    private Http1BodyMode UntilClose()
    {
        EndsByClose = true;
        KeepsAlive = false;
        return Http1BodyMode.Plain;
    }

    private readonly bool TryWriteServerLines(ref Http1HeadWriter writer)
    {
        ServerClock.HeadLines lines = _exchange.Server.Clock.Lines;
        if (!_hasDate && !_hasServer) return writer.TryWriteLine(lines.DateAndServer);
        return (_hasDate || writer.TryWriteLine(lines.Date)) && (_hasServer || writer.TryWriteLine(lines.Server));
    }

    private readonly bool TryWriteFraming(ref Http1HeadWriter writer)
    {
        if (!_hasConnection)
        {
            if (!KeepsAlive && !writer.TryWriteLine("Connection: close\r\n"u8)) return false;
            if (KeepsAlive && _isHttp10 && !writer.TryWriteLine("Connection: keep-alive\r\n"u8)) return false;
        }
        if (Mode == Http1BodyMode.Chunked) return writer.TryWriteLine("Transfer-Encoding: chunked\r\n"u8);
        long? length = ImpliedLength ?? _length;
        // RFC 9110 §8.6: never with 1xx and 204.
        bool isBare = _exchange.StatusCode is < 200 or StatusCodes.Status204NoContent;
        return length is null || isBare || writer.TryWriteContentLength(length.Value);
    }

    private static bool Is(string name, string known) =>
        ReferenceEquals(name, known) || name.Equals(known, StringComparison.OrdinalIgnoreCase);

    private static bool HasElement(StringValues values, string element)
    {
        foreach (string? value in values)
        {
            foreach (Range range in value.AsSpan().Split(','))
            {
                if (value.AsSpan()[range].Trim().Equals(element, StringComparison.OrdinalIgnoreCase)) return true;
            }
        }
        return false;
    }

    private static bool EndsChunked(StringValues values) =>
        values.Count > 0 && values[^1].AsSpan().TrimEnd().EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
}
