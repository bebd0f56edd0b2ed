namespace Tipi.Protocols.Proxy;

/// <summary>One extension of a header.</summary>
public readonly ref struct ProxyTlv
{
    internal ProxyTlv(byte type, ReadOnlySpan<byte> value)
    {
        Type = type;
        Value = value;
    }

    /// <summary>The kind, as the protocol registers it: 1 ALPN, 2 authority, 5 unique id, 32 TLS, 234 AWS's.</summary>
    public byte Type { get; }

    /// <summary>The value; may be empty.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
