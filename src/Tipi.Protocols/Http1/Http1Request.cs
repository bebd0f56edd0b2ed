using System.Text;
using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http1;

/// <summary>A request head as text, read by <see cref="Http1Reader"/>.</summary>
public sealed class Http1Request
{
    private Http1Request(ReadOnlySpan<byte> data, RequestHead head, string path)
    {
        Method = head.Method != KnownMethod.Custom
            ? MethodNames.GetName(head.Method)
            : Encoding.ASCII.GetString(head.MethodRange.Of(data));
        Target = Encoding.ASCII.GetString(head.TargetRange.Of(data));
        Path = path;
        Query = Encoding.ASCII.GetString(head.QueryRange.Of(data));
        Version = head.MinorVersion == 1 ? System.Net.HttpVersion.Version11 : System.Net.HttpVersion.Version10;
        Fields = Http1Fields.From(data, head.Fields);
        Body = head.Body;
        KeepAlive = head.KeepAlive;
        ExpectsContinue = head.ExpectsContinue;
        HasUpgrade = head.HasUpgrade;
    }

    /// <summary>The method's token.</summary>
    public string Method { get; }

    /// <summary>The request target as sent.</summary>
    public string Target { get; }

    /// <summary>The path, decoded and without dot segments; empty for <c>*</c> and for CONNECT.</summary>
    public string Path { get; }

    /// <summary>The query as sent, with its question mark; or empty.</summary>
    public string Query { get; }

    /// <summary>1.0 or 1.1.</summary>
    public Version Version { get; }

    /// <summary>The header fields.</summary>
    public Http1Fields Fields { get; }

    /// <summary>How the body ends.</summary>
    public BodyFraming Body { get; }

    /// <summary>The client wants to keep this connection open.</summary>
    public bool KeepAlive { get; }

    /// <summary>The client waits for a 100 before it sends the body.</summary>
    public bool ExpectsContinue { get; }

    /// <summary>The client offers to change the protocol.</summary>
    public bool HasUpgrade { get; }

    /// <summary>Null when the path cannot be decoded.</summary>
    internal static Http1Request? From(ReadOnlySpan<byte> data, RequestHead head)
    {
        string? path = "";
        if (head.TargetForm is RequestTargetForm.Origin or RequestTargetForm.Absolute)
        {
            ReadOnlySpan<byte> encoded = head.PathRange.Of(data);
            if (!PathDecoding.TryDecode(encoded.IsEmpty ? "/"u8 : encoded, out path)) return null;
        }

        return new Http1Request(data, head, path!);
    }
}
