namespace MinimalApi.Files;

/// <summary>A filled-in form.</summary>
public sealed record Message(string From, string Text, int Stars);
