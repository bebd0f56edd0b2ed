namespace MinimalApi.Files;

/// <summary>What the server received: length in bytes and SHA-256 in hexadecimal.</summary>
public sealed record StoredFile(string Name, long Length, string Sha256);
