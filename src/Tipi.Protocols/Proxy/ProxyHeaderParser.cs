namespace Tipi.Protocols.Proxy;

/// <summary>
/// Parses the header that a proxy sends before the bytes of a connection: HAProxy's PROXY protocol, versions 1 and 2.
/// </summary>
/// <remarks>
/// Whoever may send it decides whose address a server sees. Accept it from known proxies only, and from those demand
/// it.
/// </remarks>
public static class ProxyHeaderParser
{
    /// <summary>
    /// Default limit of the extensions (TLVs) in version 2, in bytes. 4,096 has room for the names, ids and certificate
    /// data that proxies send, and limits what a connection holds before it is trusted.
    /// </summary>
    public const int DefaultMaxTlvSize = 4096;

    /// <summary>Parses a header that begins with the first byte of <paramref name="data"/>.</summary>
    /// <param name="data">One contiguous run of bytes; bytes after the header are ignored.</param>
    /// <param name="maxTlvSize">Maximum size of the extensions in version 2, in bytes.</param>
    /// <param name="header">The header, if it is complete.</param>
    /// <param name="error">Why it is invalid; None otherwise.</param>
    /// <returns>
    /// Complete: <c>header.Length</c> bytes are consumed. NeedMore: call again with the same bytes and more; less than
    /// 240 bytes and the extensions are ever needed. The answer depends on the bytes only, not on how they were cut.
    /// </returns>
    public static ProxyStatus TryParse(
        ReadOnlySpan<byte> data, int maxTlvSize, out ProxyHeader header, out ProxyError error)
    {
        header = default;
        ProxyErrorCode code = ProxyErrorCode.None;
        ProxyStatus status = Begins(data, ProxyLineParser.Prefix);
        if (status == ProxyStatus.Complete)
        {
            status = ProxyLineParser.TryParse(data, out header, out code);
        }
        else if (status == ProxyStatus.Absent)
        {
            status = Begins(data, ProxyBlockParser.Signature);
            if (status == ProxyStatus.Complete)
                status = ProxyBlockParser.TryParse(data, maxTlvSize, out header, out code);
        }

        if (status != ProxyStatus.Complete) header = default;
        error = new ProxyError(code);
        return status;
    }

    private static ProxyStatus Begins(ReadOnlySpan<byte> data, ReadOnlySpan<byte> prefix)
    {
        if (data.Length >= prefix.Length)
            return data.StartsWith(prefix) ? ProxyStatus.Complete : ProxyStatus.Absent;
        return prefix.StartsWith(data) ? ProxyStatus.NeedMore : ProxyStatus.Absent;
    }
}
