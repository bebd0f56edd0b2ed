namespace Tipi.Compare.Siege;

/// <summary>What a well-behaved client speaks.</summary>
internal enum Neighbour
{
    Http1,
    Http1OverTls,
    Http2,
    Http2OverTls,
}
