namespace Tipi.Protocols.Http1;

/// <summary>Options of <see cref="Http1Reader"/>.</summary>
public sealed class Http1ReaderOptions
{
    /// <summary>Limits of heads and framing.</summary>
    public Http1Limits Limits { get; init; } = Http1Limits.Default;

    /// <summary>
    /// Maximum size of a body, in bytes. Default: 30,000,000, as in Kestrel, because a body can be read as one array.
    /// Null: no limit.
    /// </summary>
    public long? MaxBodySize { get; init; } = 30_000_000;
}
