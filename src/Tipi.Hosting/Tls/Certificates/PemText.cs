using System.Security.Cryptography;
using System.Text;

namespace Tipi.Hosting.Tls.Certificates;

/// <summary>Text with <c>-----BEGIN …-----</c> blocks (RFC 7468).</summary>
internal static class PemText
{
    private const string Begin = "-----BEGIN ";

    /// <summary>The text; null when it is not one.</summary>
    internal static string? Of(byte[] bytes) =>
        bytes.AsSpan().IndexOf("-----BEGIN "u8) < 0 ? null : Encoding.UTF8.GetString(bytes);

    /// <summary>The labels of whole blocks, as <c>PRIVATE KEY</c>, and how many blocks have begun.</summary>
    internal static (IReadOnlyList<string> Whole, int Begun) LabelsOf(string text)
    {
        var whole = new List<string>();
        ReadOnlySpan<char> rest = text;
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            whole.Add(rest[fields.Label].ToString());
            rest = rest[fields.Location.End..];
        }
        return (whole, text.AsSpan().Count(Begin));
    }
}
