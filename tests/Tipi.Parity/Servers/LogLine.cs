namespace Tipi.Parity.Servers;

/// <summary>One line of a server's log.</summary>
internal sealed record LogLine(string Category, LogLevel Level, EventId Id, string Text)
{
    /// <summary>The connection in whose scope it was written.</summary>
    internal string? ConnectionId { get; init; }
}
