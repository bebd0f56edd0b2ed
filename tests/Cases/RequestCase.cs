using System.Text;

namespace Tipi.Tests.Cases;

/// <summary>One request as it arrives, and the answer it must get.</summary>
/// <param name="Name">Says what is special; unique.</param>
/// <param name="Text">The bytes, one character each (U+0000 to U+00FF).</param>
/// <param name="Status">0: accepted. Otherwise the status it is refused with.</param>
/// <param name="InBody">Refused only while the body is read; the head is accepted.</param>
public sealed record RequestCase(string Name, string Text, int Status, bool InBody = false)
{
    /// <summary>The bytes to send.</summary>
    public byte[] Bytes => Encoding.Latin1.GetBytes(Text);

    /// <summary>The whole request is accepted.</summary>
    public bool IsAccepted => Status == 0;

    public override string ToString() => Name;
}
