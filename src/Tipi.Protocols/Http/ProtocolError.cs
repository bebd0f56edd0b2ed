namespace Tipi.Protocols.Http;

/// <summary>A protocol error of the peer as a value: a code, the status of the response, and one sentence.</summary>
public readonly record struct ProtocolError(ProtocolErrorCode Code)
{
    /// <summary>The status to reject a request with: 400, 405, 408, 413, 414, 417, 431, 501, 505. 0: None.</summary>
    public int StatusCode => Code switch
    {
        ProtocolErrorCode.None => 0,
        ProtocolErrorCode.AsteriskNeedsOptions or ProtocolErrorCode.AuthorityNeedsConnect => 405,
        ProtocolErrorCode.Timeout => 408,
        ProtocolErrorCode.BodyTooLarge => 413,
        ProtocolErrorCode.RequestLineTooLong => 414,
        ProtocolErrorCode.UnknownExpectation => 417,
        ProtocolErrorCode.FieldsTooLarge or ProtocolErrorCode.TooManyFields => 431,
        ProtocolErrorCode.UnsupportedTransferCoding => 501,
        ProtocolErrorCode.UnsupportedVersion or ProtocolErrorCode.Http2Preface => 505,
        _ => 400,
    };

    /// <summary>The peer begins a later version, which another parser reads.</summary>
    internal bool IsLaterVersion => Code == ProtocolErrorCode.Http2Preface;

    /// <summary>The allowed method, for the Allow field of a 405; otherwise null.</summary>
    public string? AllowedMethod => Code switch
    {
        ProtocolErrorCode.AsteriskNeedsOptions => "OPTIONS",
        ProtocolErrorCode.AuthorityNeedsConnect => "CONNECT",
        _ => null,
    };

    /// <summary>What is wrong, for a log. It quotes nothing of the message.</summary>
    public string Message => Code switch
    {
        ProtocolErrorCode.None => "No error.",
        ProtocolErrorCode.BareLineEnd => "A carriage return or line feed is not part of CRLF.",
        ProtocolErrorCode.ControlCharacter => "The head contains a control character.",
        ProtocolErrorCode.ExtraEmptyLine => "More than one empty line precedes the request line.",
        ProtocolErrorCode.InvalidRequestLine => "The request line is malformed.",
        ProtocolErrorCode.InvalidMethod => "The method is not a token.",
        ProtocolErrorCode.InvalidTarget => "The request target is malformed.",
        ProtocolErrorCode.InvalidVersion => "The protocol version is malformed.",
        ProtocolErrorCode.UnsupportedVersion => "The HTTP version is not supported.",
        ProtocolErrorCode.Http2Preface => "The client uses HTTP/2, which this endpoint does not accept.",
        ProtocolErrorCode.RequestLineTooLong => "The request line is too long.",
        ProtocolErrorCode.AsteriskNeedsOptions => "The target * is valid for OPTIONS only.",
        ProtocolErrorCode.AuthorityNeedsConnect => "An authority as target is valid for CONNECT only.",
        ProtocolErrorCode.ConnectNeedsAuthority => "CONNECT requires a host and a port as target.",
        ProtocolErrorCode.InvalidStatusLine => "The status line is malformed.",
        ProtocolErrorCode.StatusLineTooLong => "The status line is too long.",
        ProtocolErrorCode.LeadingWhitespace => "A field line starts with whitespace.",
        ProtocolErrorCode.MissingColon => "A field line has no colon.",
        ProtocolErrorCode.InvalidFieldName => "A field name is not a token.",
        ProtocolErrorCode.InvalidFieldEncoding => "A field value is not valid in its encoding.",
        ProtocolErrorCode.FieldsTooLarge => "The fields are too large.",
        ProtocolErrorCode.TooManyFields => "There are too many fields.",
        ProtocolErrorCode.MissingHost => "The Host field is missing.",
        ProtocolErrorCode.MultipleHosts => "There is more than one Host field.",
        ProtocolErrorCode.InvalidHost => "The Host field is malformed.",
        ProtocolErrorCode.HostMismatch => "The Host field differs from the request target.",
        ProtocolErrorCode.InvalidContentLength => "The Content-Length is malformed.",
        ProtocolErrorCode.MultipleContentLengths => "There is more than one Content-Length.",
        ProtocolErrorCode.LengthAndTransferEncoding => "Content-Length and Transfer-Encoding are both present.",
        ProtocolErrorCode.TransferEncodingOnHttp10 => "HTTP/1.0 does not allow Transfer-Encoding.",
        ProtocolErrorCode.InvalidTransferEncoding => "The Transfer-Encoding does not end with a single chunked.",
        ProtocolErrorCode.UnsupportedTransferCoding => "A transfer coding is not supported.",
        ProtocolErrorCode.UnknownExpectation => "The expectation is not 100-continue.",
        ProtocolErrorCode.InvalidChunkSize => "A chunk size is malformed.",
        ProtocolErrorCode.InvalidChunkExtension => "A chunk extension is malformed.",
        ProtocolErrorCode.ChunkOverheadTooLarge => "The chunks carry too many extensions.",
        ProtocolErrorCode.MissingChunkEnd => "A chunk is not followed by CRLF.",
        ProtocolErrorCode.BodyTooLarge => "The body is too large.",
        ProtocolErrorCode.Timeout => "The message did not arrive in time.",
        ProtocolErrorCode.UnexpectedEnd => "The connection ended inside a message.",
        ProtocolErrorCode.NeedsTls => "The request was sent without TLS to an endpoint that requires it.",
        _ => "The message is malformed.",
    };
}
