namespace Tipi.Protocols.Proxy;

/// <summary>Why a header is rejected. The number is not stable; the name is.</summary>
public enum ProxyErrorCode : byte
{
    /// <summary>No error.</summary>
    None,

    /// <summary>Version 1: no line end within 107 bytes.</summary>
    LineTooLong,

    /// <summary>Version 1: not protocol, two addresses and two ports with one space between.</summary>
    InvalidLine,

    /// <summary>Version 1: an address that is not one of its family.</summary>
    InvalidAddress,

    /// <summary>Version 1: a port that is not a plain decimal number up to 65535.</summary>
    InvalidPort,

    /// <summary>A binary header of another version than 2.</summary>
    UnknownVersion,

    /// <summary>Version 2: a command that is neither LOCAL nor PROXY.</summary>
    UnknownCommand,

    /// <summary>Version 2: a family or a transport that the protocol does not define.</summary>
    UnknownFamily,

    /// <summary>Version 2: a length that the addresses do not fit into.</summary>
    TooShort,

    /// <summary>Version 2: a length beyond the limit.</summary>
    TooLong,

    /// <summary>Version 2: extensions (TLVs) that do not end where the header does.</summary>
    InvalidTlv,

    /// <summary>Version 2: a checksum that is not the header's.</summary>
    WrongChecksum,
}
