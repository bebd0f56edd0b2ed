namespace MinimalApi.Extras;

/// <summary>A saying.</summary>
public sealed record Quote(string Text);
