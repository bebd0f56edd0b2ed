namespace Tipi.Hosting.Exchange;

/// <summary>How far a response is. It only moves forward: Open → Started → Ended.</summary>
internal enum ResponseStage : byte
{
    /// <summary>Status and headers can be changed.</summary>
    Open,

    /// <summary>The head is encoded; the body goes on.</summary>
    Started,

    /// <summary>The body has ended.</summary>
    Ended,
}
