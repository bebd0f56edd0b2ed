namespace MinimalApi.Live;

/// <summary>What somebody said by the fire.</summary>
public sealed record ChatLine(string Name, string Text);
