namespace Tipi.Stack.Tests.Server;

/// <summary>What the clients of a test speak, and the server's endpoint alone with it.</summary>
public enum StackWire
{
    Http1,

    Http1Tls,

    /// <summary>Without TLS, from the first byte: RFC 9113 §3.3.</summary>
    Http2,

    Http2Tls,
}
