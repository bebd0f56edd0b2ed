namespace Tipi.Protocols.Proxy;

/// <summary>A protocol error of a proxy as a value: a code and one sentence.</summary>
public readonly record struct ProxyError(ProxyErrorCode Code)
{
    /// <summary>What is wrong, for a log. It quotes nothing of the header.</summary>
    public string Message => Code switch
    {
        ProxyErrorCode.None => "No error.",
        ProxyErrorCode.LineTooLong => "The PROXY line does not end within 107 bytes.",
        ProxyErrorCode.InvalidLine => "The PROXY line is malformed.",
        ProxyErrorCode.InvalidAddress => "An address in the PROXY line is malformed.",
        ProxyErrorCode.InvalidPort => "A port in the PROXY line is malformed.",
        ProxyErrorCode.UnknownVersion => "The version of the PROXY header is unknown.",
        ProxyErrorCode.UnknownCommand => "The command of the PROXY header is unknown.",
        ProxyErrorCode.UnknownFamily => "The address family or transport of the PROXY header is unknown.",
        ProxyErrorCode.TooShort => "The PROXY header is too short for its addresses.",
        ProxyErrorCode.TooLong => "The PROXY header is too long.",
        ProxyErrorCode.InvalidTlv => "The extensions of the PROXY header are malformed.",
        ProxyErrorCode.WrongChecksum => "The checksum of the PROXY header is wrong.",
        _ => "The PROXY header is malformed.",
    };
}
