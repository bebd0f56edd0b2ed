namespace Tipi.Parity.Servers;

/// <summary>One line of a server's log.</summary>
internal sealed record LogLine(string Category, LogLevel Level, EventId Id, string Text);
