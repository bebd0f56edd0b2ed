namespace MinimalApi.Extras;

/// <summary>What the cookies say about a visitor.</summary>
public sealed record Visit(string Name, int Count);
