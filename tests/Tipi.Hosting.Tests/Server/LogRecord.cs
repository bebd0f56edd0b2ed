using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Server;

/// <summary>One line of a server's log.</summary>
internal sealed record LogRecord(string Category, LogLevel Level, int EventId, string Text, Exception? Error);
