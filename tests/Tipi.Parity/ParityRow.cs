namespace Tipi.Parity;

/// <summary>One thing, asked of both servers.</summary>
/// <param name="Area">The area's name.</param>
/// <param name="Name">Unique in its area.</param>
/// <param name="Kestrel">What Kestrel has or does.</param>
/// <param name="Tipi">What Tipi has or does; where its transports differ, what each does.</param>
internal sealed record ParityRow(string Area, string Name, string Kestrel, string Tipi)
{
    internal bool IsSame => Kestrel == Tipi;

    public override string ToString() => $"{Area}: {Name}";
}
