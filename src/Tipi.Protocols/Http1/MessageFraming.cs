using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>The one place that decides how a message's body ends (RFC 9112 §6.3), for requests and responses.</summary>
public static class MessageFraming
{
    /// <summary>How the body of a request ends.</summary>
    /// <param name="fields">Its framing fields.</param>
    /// <param name="minorVersion">1 for HTTP/1.1, 0 for HTTP/1.0.</param>
    /// <param name="body">The result; None with an error.</param>
    /// <returns>Why the request is rejected, or None.</returns>
    public static ProtocolErrorCode ForRequest(in FramingFields fields, int minorVersion, out BodyFraming body) =>
        Decide(in fields, minorVersion, BodyFraming.None, out body);

    /// <summary>How the body of a response ends. It depends on the request too (RFC 9112 §6.3, items 1, 2).</summary>
    /// <param name="fields">Its framing fields.</param>
    /// <param name="minorVersion">1 for HTTP/1.1, 0 for HTTP/1.0.</param>
    /// <param name="statusCode">The response's status.</param>
    /// <param name="requestMethod">The method of the request it answers.</param>
    /// <param name="body">The result; None with an error.</param>
    /// <returns>Why the response is rejected, or None.</returns>
    public static ProtocolErrorCode ForResponse(in FramingFields fields, int minorVersion, int statusCode,
        KnownMethod requestMethod, out BodyFraming body)
    {
        if (MayHaveBody(statusCode, requestMethod))
            return Decide(in fields, minorVersion, BodyFraming.UntilClose, out body);
        body = BodyFraming.None;
        return ProtocolErrorCode.None;
    }

    /// <summary>
    /// Whether a response can have a body at all: not to HEAD, not with 1xx, 204 or 304, and a 2xx to CONNECT opens a
    /// tunnel instead.
    /// </summary>
    public static bool MayHaveBody(int statusCode, KnownMethod requestMethod) =>
        statusCode >= 200 && statusCode is not (204 or 304) && requestMethod != KnownMethod.Head
        && !(requestMethod == KnownMethod.Connect && statusCode < 300);

    private static ProtocolErrorCode Decide(
        in FramingFields fields, int minorVersion, BodyFraming otherwise, out BodyFraming body)
    {
        body = BodyFraming.None;
        if (fields.Error != ProtocolErrorCode.None) return fields.Error;
        if (!fields.HasTransferEncoding)
        {
            body = fields.ContentLength is { } length ? BodyFraming.OfLength(length) : otherwise;
            return ProtocolErrorCode.None;
        }

        // Each of these is how requests are smuggled; none is sent by a sound peer.
        if (minorVersion == 0) return ProtocolErrorCode.TransferEncodingOnHttp10;
        if (fields.ContentLength is not null) return ProtocolErrorCode.LengthAndTransferEncoding;
        if (!fields.EndsChunked) return ProtocolErrorCode.InvalidTransferEncoding;
        if (fields.HasOtherCoding) return ProtocolErrorCode.UnsupportedTransferCoding;
        body = BodyFraming.Chunked;
        return ProtocolErrorCode.None;
    }
}
