namespace Tipi.Protocols.Http1;

/// <summary>What <see cref="ChunkedDecoder.Read"/> found.</summary>
public enum ChunkedStatus : byte
{
    /// <summary>A run of body bytes; continue reading after it.</summary>
    Data,

    /// <summary>More bytes are needed. Keep those that were not consumed.</summary>
    NeedMore,

    /// <summary>The body and its trailer section are complete.</summary>
    End,

    /// <summary>The framing is invalid: reject the message and close.</summary>
    Invalid,
}
