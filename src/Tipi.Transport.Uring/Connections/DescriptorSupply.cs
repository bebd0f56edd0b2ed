namespace Tipi.Transport.Uring.Connections;

/// <summary>How many descriptors are left, as far as accepting is concerned.</summary>
internal enum DescriptorSupply
{
    /// <summary>More than all connections that may wait: they can be accepted at once.</summary>
    Plenty,

    /// <summary>Enough for one more connection, and perhaps not for all that wait.</summary>
    Some,

    /// <summary>Those that accepting leaves to the process: no further connection is accepted.</summary>
    Low,
}
