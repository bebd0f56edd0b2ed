using System.Text;

namespace Tipi.Tests.Cases;

/// <summary>A request that a server may or may not put up with, and who does.</summary>
/// <param name="Name">Says what is special; unique.</param>
/// <param name="Text">The bytes, one character each (U+0000 to U+00FF).</param>
/// <param name="Kestrel">The status that Kestrel 10 refuses it with; 0: it is served.</param>
/// <param name="Strict">The same for Tipi by default.</param>
/// <param name="Lenient">The same for Tipi in the lenient profile.</param>
public sealed record StrictnessCase(string Name, string Text, int Kestrel, int Strict, int Lenient)
{
    /// <summary>The bytes to send.</summary>
    public byte[] Bytes => Encoding.Latin1.GetBytes(Text);

    /// <summary>Kestrel's way of never answering: it waits for bytes that the client has no reason to send.</summary>
    public const int Hangs = -1;

    public override string ToString() => Name;
}
