namespace Tipi.Hosting.Tests.Contract;

/// <summary>What carries the requests of a contract test.</summary>
public enum Wire
{
    /// <summary>HTTP/1.1 without TLS.</summary>
    Http1,

    /// <summary>HTTP/1.1 over TLS.</summary>
    Https1,

    /// <summary>HTTP/2 without TLS, by prior knowledge.</summary>
    H2c,

    /// <summary>HTTP/2 over TLS.</summary>
    H2,
}
