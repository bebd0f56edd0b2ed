namespace Tipi.Protocols.Http2;

/// <summary>
/// The states of a stream as a server sees them (RFC 9113 §5.1). Reserved ones do not exist: nothing is pushed.
/// </summary>
internal enum Http2StreamState : byte
{
    /// <summary>Not opened yet.</summary>
    Idle,

    /// <summary>Both sides may send.</summary>
    Open,

    /// <summary>The client has ended its side: the usual state while a GET is answered.</summary>
    HalfClosedRemote,

    /// <summary>We have ended our side before the client has ended its.</summary>
    HalfClosedLocal,

    /// <summary>Both sides have ended, or the client has reset it: it knows that the stream is over.</summary>
    Closed,

    /// <summary>We have reset it a moment ago: the client may not know yet.</summary>
    Reset,
}
