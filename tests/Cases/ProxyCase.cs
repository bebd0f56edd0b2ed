namespace Tipi.Tests.Cases;

/// <summary>A header of the PROXY protocol as it arrives, and what it must say.</summary>
/// <param name="Name">Says what is special; unique.</param>
/// <param name="Bytes">The header, without anything behind it.</param>
/// <param name="Wanted">
/// For a header that is accepted <c>command source destination</c>; otherwise the error's name, or Absent.
/// </param>
/// <param name="IsAccepted">The header is valid.</param>
public sealed record ProxyCase(string Name, byte[] Bytes, string Wanted, bool IsAccepted)
{
    public override string ToString() => Name;
}
