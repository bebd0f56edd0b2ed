namespace Tipi.Interop.Tests.Sample;

/// <summary>What the sample speaks.</summary>
public enum SampleWire
{
    /// <summary>No TLS: HTTP/1.1, and HTTP/2 to those who begin with it.</summary>
    Clear,

    /// <summary>Only HTTP/1.1.</summary>
    TlsHttp1,

    /// <summary>HTTP/2, and HTTP/1.1 to those who ask for that (ALPN).</summary>
    Tls,
}
