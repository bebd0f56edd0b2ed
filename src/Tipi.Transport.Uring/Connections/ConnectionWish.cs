namespace Tipi.Transport.Uring.Connections;

/// <summary>What a connection's users ask of its ring.</summary>
[Flags]
internal enum ConnectionWish
{
    None = 0,

    /// <summary>Something was flushed, or a sender has ended: see what is to be done.</summary>
    Send = 1,

    /// <summary>A foreign thread found the socket full: go on sending in its place.</summary>
    ContinueSend = 2,

    /// <summary>There is room again: receive.</summary>
    Receive = 4,

    /// <summary>Nobody will read any more.</summary>
    StopReceiving = 8,

    /// <summary>Nobody will write any more: end the stream after what was flushed.</summary>
    Finish = 16,

    /// <summary>Send what was flushed, then close.</summary>
    Close = 32,

    /// <summary>Close now, with a reset.</summary>
    Abort = 64,
}
