namespace Tipi.Protocols.Proxy;

/// <summary>
/// Parses the header that a proxy puts before a connection's bytes: PROXY protocol of HAProxy, versions 1 and 2.
/// </summary>
/// <remarks>
/// Whoever may send it decides whose address a server sees. Accept it from known proxies only, and from those demand
/// it.
/// </remarks>
public static class ProxyHeaderParser
{
    /// <summary>
    /// Bytes of extensions (TLVs) that version 2 may carry unless said otherwise. 4,096: room for the names, ids and
    /// certificate facts that proxies send, and a bound on what a connection holds before it has proved anything.
    /// </summary>
    public const int DefaultMaxTlvSize = 4096;

    /// <summary>Parses a header that begins with the first byte of <paramref name="data"/>.</summary>
    /// <param name="data">One contiguous run of bytes; what follows the header is not looked at.</param>
    /// <param name="maxTlvSize">Bytes of extensions that version 2 may carry.</param>
    /// <param name="header">What it says, when it is complete.</param>
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
