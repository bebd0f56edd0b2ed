using System.Net;

namespace Tipi.Protocols.Proxy;

/// <summary>
/// The header that a proxy sends for the connection that it opened. Positions count from the header's first byte.
/// </summary>
public readonly record struct ProxyHeader
{
    /// <summary>1 for the text header, 2 for the binary header.</summary>
    public int Version { get; internal init; }

    /// <summary>Why the connection was opened; always Proxy in version 1.</summary>
    public ProxyCommand Command { get; internal init; }

    /// <summary>The kind of addresses; Unspecified with Local.</summary>
    public ProxyFamily Family { get; internal init; }

    /// <summary>The client's address and port; null unless the family is IPv4 or IPv6.</summary>
    public IPEndPoint? Source { get; internal init; }

    /// <summary>What the client connected to; null unless the family is IPv4 or IPv6.</summary>
    public IPEndPoint? Destination { get; internal init; }

    /// <summary>Bytes of the entire header; what follows belongs to the client.</summary>
    public int Length { get; internal init; }

    /// <summary>Where the extensions begin; <see cref="Length"/> when there are none.</summary>
    public int TlvStart { get; internal init; }

    /// <summary>The extensions of version 2, in order; empty with Local and where the family is unspecified.</summary>
    /// <param name="data">The bytes that the header was parsed from.</param>
    public ProxyTlvs Tlvs(ReadOnlySpan<byte> data) => new(data[TlvStart..Length]);

    /// <summary>The path of the client's Unix socket, not null-terminated; empty unless the family is Unix.</summary>
    /// <param name="data">The bytes that the header was parsed from.</param>
    public ReadOnlySpan<byte> SourcePath(ReadOnlySpan<byte> data) =>
        Family == ProxyFamily.Unix ? ProxyBlockParser.UnixPath(data, 0) : default;

    /// <summary>The path of the Unix socket that the client connected to; empty unless the family is Unix.</summary>
    /// <param name="data">The bytes that the header was parsed from.</param>
    public ReadOnlySpan<byte> DestinationPath(ReadOnlySpan<byte> data) =>
        Family == ProxyFamily.Unix ? ProxyBlockParser.UnixPath(data, 1) : default;
}
