namespace Tipi.Protocols.Http1;

/// <summary>What a parser says of the bytes it was given.</summary>
public enum ParseStatus : byte
{
    /// <summary>The whole head or section is there and valid.</summary>
    Complete,

    /// <summary>Valid so far; call again with the same bytes and more.</summary>
    NeedMore,

    /// <summary>No continuation can make it valid.</summary>
    Invalid,
}
