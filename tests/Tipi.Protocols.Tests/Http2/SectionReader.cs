using System.Text;
using Tipi.Protocols.Http;
using Tipi.Protocols.Http2;

namespace Tipi.Protocols.Tests.Http2;

/// <summary>Reads a field section written as lines of <c>name: value</c> by <see cref="Http2RequestRules"/>.</summary>
internal static class SectionReader
{
    /// <summary>One field; the name is all before the first ": ", so that <c>:path: /</c> is a line.</summary>
    internal static (string Name, string Value) Split(string line)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        return (line[..colon], line[(colon + 2)..]);
    }

    internal static Http2Error Read(IEnumerable<string> lines, ref Http2RequestRules rules, bool endStream = true) =>
        Read(lines.Select(Split), ref rules, endStream);

    internal static Http2Error Read(
        IEnumerable<(string Name, string Value)> fields, ref Http2RequestRules rules, bool endStream = true)
    {
        string authority = "", host = "";
        foreach ((string name, string value) in fields)
        {
            byte[] nameBytes = Encoding.Latin1.GetBytes(name);
            KnownField known = FieldNames.Find(nameBytes);
            Http2Error error = rules.Accept(
                known, nameBytes, Encoding.Latin1.GetBytes(value), out Http2PseudoField pseudo);
            Assert.Equal(name.StartsWith(':'), pseudo != Http2PseudoField.None);
            if (!error.IsNone) return error;
            if (pseudo == Http2PseudoField.Authority) authority = value;
            if (known == KnownField.Host) host = value;
        }

        return rules.End(authority, host, endStream);
    }
}
