namespace Tipi.Hosting.Diagnostics.Access;

/// <summary>How a request ended, for its line.</summary>
internal enum AccessOutcome : byte
{
    /// <summary>Answered by the application, or for it.</summary>
    Complete,

    /// <summary>Answered by the server before the application saw it.</summary>
    Refused,

    /// <summary>The connection ended before the whole response had been written.</summary>
    Aborted,
}
