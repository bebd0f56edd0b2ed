namespace Tipi.Stack.Tests.Server;

/// <summary>What the clients of a test speak, without TLS.</summary>
public enum StackWire
{
    Http1,

    /// <summary>From the first byte: RFC 9113 §3.3.</summary>
    Http2,
}
