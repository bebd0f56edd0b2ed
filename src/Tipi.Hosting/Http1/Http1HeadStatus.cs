namespace Tipi.Hosting.Http1;

/// <summary>What a read of the input brought.</summary>
internal enum Http1HeadStatus : byte
{
    /// <summary>No whole head yet.</summary>
    Partial,

    /// <summary>A request can run.</summary>
    Complete,

    /// <summary>No further request will run here.</summary>
    End,
}
