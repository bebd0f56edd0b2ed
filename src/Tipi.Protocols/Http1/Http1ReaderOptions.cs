namespace Tipi.Protocols.Http1;

/// <summary>Options of <see cref="Http1Reader"/>.</summary>
public sealed class Http1ReaderOptions
{
    /// <summary>What heads and framing may cost.</summary>
    public Http1Limits Limits { get; init; } = Http1Limits.Default;

    /// <summary>Bytes of a body. 30,000,000 as in Kestrel: a body is asked for as one array. Null: no limit.</summary>
    public long? MaxBodySize { get; init; } = 30_000_000;
}
