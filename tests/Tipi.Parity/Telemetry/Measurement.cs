namespace Tipi.Parity.Telemetry;

/// <summary>One value that an instrument was given.</summary>
internal sealed record Measurement(string Instrument, double Value, IReadOnlyList<string> Tags);
