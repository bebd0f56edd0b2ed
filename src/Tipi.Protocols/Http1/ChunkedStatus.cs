namespace Tipi.Protocols.Http1;

/// <summary>What <see cref="ChunkedDecoder.Read"/> found.</summary>
public enum ChunkedStatus : byte
{
    /// <summary>A run of body bytes; read on after it.</summary>
    Data,

    /// <summary>Nothing more can be said without more bytes. Keep those that were not consumed.</summary>
    NeedMore,

    /// <summary>The body and its trailer section are complete.</summary>
    End,

    /// <summary>The framing is broken: refuse and close.</summary>
    Invalid,
}
