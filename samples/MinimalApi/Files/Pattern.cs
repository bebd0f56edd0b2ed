namespace MinimalApi.Files;

/// <summary>Bytes that look random and are the same everywhere, so that a hash checks a download.</summary>
internal static class Pattern
{
    /// <summary>Fills the span with the bytes that stand at <paramref name="offset"/> in the endless pattern.</summary>
    public static void Fill(Span<byte> span, long offset)
    {
        for (var i = 0; i < span.Length; i++)
        {
            var mixed = (ulong)(offset + i) * 0x9E3779B97F4A7C15;
            span[i] = (byte)(mixed >> 56);
        }
    }
}
