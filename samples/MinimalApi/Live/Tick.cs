namespace MinimalApi.Live;

/// <summary>One beat of <c>/live/ticks</c>.</summary>
public sealed record Tick(int Number, string Word);
