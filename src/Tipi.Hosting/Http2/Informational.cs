namespace Tipi.Hosting.Http2;

/// <summary>A response before the response, on its way to its client.</summary>
internal readonly record struct Informational(int StatusCode, BlockFields Fields);
