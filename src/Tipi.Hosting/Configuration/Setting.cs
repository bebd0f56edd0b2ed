namespace Tipi.Hosting.Configuration;

/// <summary>A configured value and the whole key it came from, as in <c>Tipi:Limits:MaxRequestBodySize</c>.</summary>
internal sealed record Setting(string Value, string Path);
