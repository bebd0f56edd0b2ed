namespace Tipi.Parity.Servers;

/// <summary>How far a connection is, as its client sees it.</summary>
internal enum WireEnd
{
    /// <summary>It is open.</summary>
    Open,

    /// <summary>The server has ended it in order.</summary>
    Closed,

    /// <summary>The server has reset it.</summary>
    Reset,

    /// <summary>The server keeps it open and says nothing.</summary>
    Silent,
}
