namespace Tipi.Protocols.Http1;

/// <summary>The result of parsing.</summary>
public enum ParseStatus : byte
{
    /// <summary>The head or section is complete and valid.</summary>
    Complete,

    /// <summary>Valid so far; call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>Invalid, whatever follows.</summary>
    Invalid,
}
