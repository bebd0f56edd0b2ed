namespace Tipi.Protocols.Http;

/// <summary>Why a message is rejected. The number is not stable; the name is.</summary>
public enum ProtocolErrorCode : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>A carriage return or line feed that is not part of CRLF. 400.</summary>
    BareLineEnd,

    /// <summary>A control character in a head. 400.</summary>
    ControlCharacter,

    /// <summary>More than one empty line before the request line. 400.</summary>
    ExtraEmptyLine,

    /// <summary>A first line that is not method, target and version with one space between. 400.</summary>
    InvalidRequestLine,

    /// <summary>A method that is not a token. 400.</summary>
    InvalidMethod,

    /// <summary>A request target with forbidden characters or of no known form. 400.</summary>
    InvalidTarget,

    /// <summary>A protocol version that is not HTTP's. 400.</summary>
    InvalidVersion,

    /// <summary>An HTTP version that is neither 1.0 nor 1.1. 505.</summary>
    UnsupportedVersion,

    /// <summary>The first line of HTTP/2's connection preface, <c>PRI * HTTP/2.0</c> (RFC 9113 §3.4). 505.</summary>
    Http2Preface,

    /// <summary>A request line longer than the limit. 414.</summary>
    RequestLineTooLong,

    /// <summary>The target <c>*</c> with a method other than OPTIONS. 405.</summary>
    AsteriskNeedsOptions,

    /// <summary>An authority as target with a method other than CONNECT. 405.</summary>
    AuthorityNeedsConnect,

    /// <summary>CONNECT with a target that is not host and port. 400.</summary>
    ConnectNeedsAuthority,

    /// <summary>A first line of a response that is not version, status and reason. 400.</summary>
    InvalidStatusLine,

    /// <summary>A status line longer than the limit. 400.</summary>
    StatusLineTooLong,

    /// <summary>A field line that begins with white space: folded, or before the first field. 400.</summary>
    LeadingWhitespace,

    /// <summary>A field line without a colon. 400.</summary>
    MissingColon,

    /// <summary>A field name that is empty or not a token, also one with white space before its colon. 400.</summary>
    InvalidFieldName,

    /// <summary>A field value whose bytes are not text in the encoding that it should have. 400.</summary>
    InvalidFieldEncoding,

    /// <summary>Field lines with more bytes than the limit. 431.</summary>
    FieldsTooLarge,

    /// <summary>More field lines than the limit. 431.</summary>
    TooManyFields,

    /// <summary>An HTTP/1.1 request without Host. 400.</summary>
    MissingHost,

    /// <summary>More than one Host field. 400.</summary>
    MultipleHosts,

    /// <summary>A Host field that is not host and optional port, or is empty. 400.</summary>
    InvalidHost,

    /// <summary>A Host field that names another authority than the request target. 400.</summary>
    HostMismatch,

    /// <summary>A Content-Length that is not a plain decimal number below 2^63. 400.</summary>
    InvalidContentLength,

    /// <summary>More than one Content-Length. 400.</summary>
    MultipleContentLengths,

    /// <summary>Content-Length together with Transfer-Encoding. 400.</summary>
    LengthAndTransferEncoding,

    /// <summary>Transfer-Encoding in an HTTP/1.0 message. 400.</summary>
    TransferEncodingOnHttp10,

    /// <summary>A Transfer-Encoding that is malformed, repeats chunked or does not end with it. 400.</summary>
    InvalidTransferEncoding,

    /// <summary>A transfer coding under chunked that is not understood. 501.</summary>
    UnsupportedTransferCoding,

    /// <summary>An expectation other than 100-continue. 417.</summary>
    UnknownExpectation,

    /// <summary>A chunk size that is empty, not hexadecimal or too large. 400.</summary>
    InvalidChunkSize,

    /// <summary>A malformed chunk extension. 400.</summary>
    InvalidChunkExtension,

    /// <summary>A chunk line longer than its limit, or many times more framing than data. 400.</summary>
    ChunkOverheadTooLarge,

    /// <summary>Chunk data that is not followed by CRLF. 400.</summary>
    MissingChunkEnd,

    /// <summary>A body larger than its limit. 413.</summary>
    BodyTooLarge,

    /// <summary>A message that did not arrive in time. 408.</summary>
    Timeout,

    /// <summary>The data ended inside a message. 400.</summary>
    UnexpectedEnd,

    /// <summary>An unencrypted message where TLS is required. 400.</summary>
    NeedsTls,
}
