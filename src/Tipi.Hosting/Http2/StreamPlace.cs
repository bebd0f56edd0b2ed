namespace Tipi.Hosting.Http2;

/// <summary>In which of its connection's lists a stream stands that wants to send.</summary>
internal enum StreamPlace : byte
{
    /// <summary>In none: it has nothing to send, or its own window is used up.</summary>
    None,

    /// <summary>Among those that get a turn.</summary>
    Ready,

    /// <summary>Among those that wait for the connection's window.</summary>
    Starved,
}
