namespace Tipi.Hosting.Configuration;

/// <summary>What a setting can be, in words, and how to read it; reading what it cannot be throws.</summary>
internal sealed record SettingKind<T>(string Wanted, Func<string, T> Parse);
