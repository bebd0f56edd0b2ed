namespace Tipi.Compare.Peers;

/// <summary>What goes over a connection.</summary>
internal enum Wire
{
    /// <summary>HTTP/1.1 without TLS.</summary>
    Http,

    /// <summary>HTTP/1.1 over TLS 1.3.</summary>
    Https,

    /// <summary>HTTP/2 without TLS, by prior knowledge.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS 1.3.</summary>
    H2,
}
