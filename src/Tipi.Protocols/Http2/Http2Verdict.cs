namespace Tipi.Protocols.Http2;

/// <summary>What becomes of a frame that came for a stream.</summary>
internal enum Http2Verdict : byte
{
    /// <summary>It means what it says.</summary>
    Accept,

    /// <summary>
    /// Nothing comes of it, but DATA counts for the connection's window, and a field block is decoded so that the
    /// table stays in step.
    /// </summary>
    Ignore,

    /// <summary>The peer's fault; see the error.</summary>
    Refuse,
}
