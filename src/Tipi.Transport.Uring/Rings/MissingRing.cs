namespace Tipi.Transport.Uring.Rings;

/// <summary>Why there is no ring to be had, and what helps; both are clauses.</summary>
internal sealed record MissingRing(string Cause, string Remedy);
