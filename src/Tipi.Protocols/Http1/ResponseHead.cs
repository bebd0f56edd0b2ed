using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>A response head as positions in the bytes it was parsed from. It lives as RequestHead does.</summary>
public sealed class ResponseHead
{
    /// <summary>The status, 100 to 999.</summary>
    public int StatusCode { get; internal set; }

    /// <summary>The reason phrase; may be empty.</summary>
    public ByteRange ReasonRange { get; internal set; }

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get; internal set; }

    /// <summary>The field lines in order.</summary>
    public FieldSection Fields { get; } = new();

    /// <summary>An interim response (1xx): another one follows. Not so for 101, which ends HTTP.</summary>
    public bool IsInterim => StatusCode is >= 100 and < 200 and not 101;

    /// <summary>How the body ends, by <see cref="MessageFraming.ForResponse"/>.</summary>
    public BodyFraming Body { get; internal set; }

    /// <summary>The Content-Length, also where there is no body, as with HEAD; null when there is none.</summary>
    public long? ContentLength { get; internal set; }

    /// <summary>The connection can carry another exchange after this one.</summary>
    public bool KeepAlive { get; internal set; }

    /// <summary>Bytes of the head with its last CRLF; 0 until it is complete.</summary>
    public int Length { get; internal set; }

    /// <summary>Up to where the status line was searched for its end.</summary>
    internal int Scanned { get; set; }

    /// <summary>The status line is parsed and the fields are next.</summary>
    internal bool InFields { get; set; }

    /// <summary>Forgets everything. Call it before the first byte of another message.</summary>
    public void Reset()
    {
        StatusCode = MinorVersion = Length = Scanned = 0;
        ReasonRange = default;
        Fields.Reset();
        Body = default;
        ContentLength = null;
        KeepAlive = InFields = false;
    }
}
