using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>A response head as text, read by <see cref="Http1Reader"/>.</summary>
public sealed class Http1Response
{
    internal Http1Response(ReadOnlySpan<byte> data, ResponseHead head)
    {
        StatusCode = head.StatusCode;
        ReasonPhrase = Encoding.Latin1.GetString(head.ReasonRange.Of(data));
        Version = head.MinorVersion == 1 ? System.Net.HttpVersion.Version11 : System.Net.HttpVersion.Version10;
        Fields = Http1Fields.From(data, head.Fields);
        Body = head.Body;
        KeepAlive = head.KeepAlive;
        IsInterim = head.IsInterim;
    }

    /// <summary>The status, 100 to 999.</summary>
    public int StatusCode { get; }

    /// <summary>The reason phrase; may be empty.</summary>
    public string ReasonPhrase { get; }

    /// <summary>1.0 or 1.1.</summary>
    public Version Version { get; }

    /// <summary>The header fields.</summary>
    public Http1Fields Fields { get; }

    /// <summary>How the body ends.</summary>
    public BodyFraming Body { get; }

    /// <summary>The connection can carry another exchange after this one.</summary>
    public bool KeepAlive { get; }

    /// <summary>An interim response: read the next head for the real one.</summary>
    public bool IsInterim { get; }
}
