namespace Tipi.Protocols.Http2;

/// <summary>How far a fault reaches (RFC 9113 §5.4).</summary>
internal enum Http2ErrorScope : byte
{
    /// <summary>There is no fault.</summary>
    None,

    /// <summary>RST_STREAM answers it; the connection goes on.</summary>
    Stream,

    /// <summary>GOAWAY answers it, and the connection ends.</summary>
    Connection,
}
