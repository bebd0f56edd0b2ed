using System.Buffers.Binary;

namespace Tipi.Protocols.Http;

/// <summary>The tokens of <see cref="KnownMethod"/>. Methods are case-sensitive (RFC 9110 §9.1).</summary>
public static class MethodNames
{
    private static readonly string[] s_names =
        ["", "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

    /// <summary>The token, always the same instance; "" for <see cref="KnownMethod.Custom"/>.</summary>
    public static string GetName(KnownMethod method) => s_names[(int)method];

    /// <summary>The method with exactly this token, or Custom.</summary>
    public static KnownMethod Find(ReadOnlySpan<byte> token)
    {
        if (token.Length is < 3 or > 7) return KnownMethod.Custom;
        Span<byte> word = stackalloc byte[8];
        word.Fill((byte)' ');
        token.CopyTo(word);
        KnownMethod method = FindWithSpace(BinaryPrimitives.ReadUInt64LittleEndian(word));
        return s_names[(int)method].Length == token.Length ? method : KnownMethod.Custom;
    }

    /// <summary>
    /// The method that a request line begins with, from its first eight bytes read as a little-endian number: every
    /// known token with the space after it fits.
    /// </summary>
    internal static KnownMethod FindWithSpace(ulong word)
    {
        if ((uint)word == 0x20544547) return KnownMethod.Get;
        if ((uint)word == 0x20545550) return KnownMethod.Put;
        switch (word & 0xFF_FFFF_FFFF)
        {
            case 0x20_54534F50: return KnownMethod.Post;
            case 0x20_44414548: return KnownMethod.Head;
        }

        switch (word & 0xFFFF_FFFF_FFFF)
        {
            case 0x2048_43544150: return KnownMethod.Patch;
            case 0x2045_43415254: return KnownMethod.Trace;
        }

        if ((word & 0xFF_FFFF_FFFF_FFFF) == 0x20_4554_454C4544) return KnownMethod.Delete;
        return word switch
        {
            0x20_534E4F_4954504F => KnownMethod.Options,
            0x20_544345_4E4E4F43 => KnownMethod.Connect,
            _ => KnownMethod.Custom,
        };
    }
}
