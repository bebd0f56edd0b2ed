namespace Tipi.Protocols.Http2;

/// <summary>The scheme of a request.</summary>
internal enum Http2Scheme : byte
{
    /// <summary>None was sent, or one that is neither http nor https.</summary>
    Other,
    Http,
    Https,
}
