namespace Tipi.Hosting.Tests.Server;

/// <summary>One measurement and its tags, <c>key=value</c> with spaces between.</summary>
internal sealed record Measured(string Instrument, double Value, string Tags);
