namespace Tipi.Protocols.Tests.Hpack;

/// <summary>Blocks of right representations with a few wrong bytes.</summary>
internal static class HpackMutator
{
    private static readonly string[] s_parts =
    [
        "82", "be", "bf", "c0", "ff00", "80", "40 01 61 01 62", "7e 01 63", "40 81 1f 82 1c64", "04 01 2f",
        "10 01 61 00", "0f 2f 01 64", "1f 08 02 6162", "41 8c f1e3c2e5f23a6ba0ab90f4ff", "40 00 00", "7f 00 7f 00",
        "00 83 ffffffff",
    ];

    private static readonly string[] s_sizes = ["20", "3e", "3f 13", "3f 45", "3f e1 1f", "3f e2 1f"];

    internal static byte[] Next(Random random)
    {
        List<byte> bytes = [];
        for (int sizes = random.Next(5) - 2; sizes > 0; sizes--)
            bytes.AddRange(FieldList.Bytes(s_sizes[random.Next(s_sizes.Length - random.Next(2))]));
        for (int parts = random.Next(9); parts > 0; parts--)
            bytes.AddRange(FieldList.Bytes(s_parts[random.Next(s_parts.Length)]));
        for (int changes = random.Next(6) - 3; changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveAt(at); break;
                default: bytes.Insert(at, bytes[random.Next(bytes.Count)]); break;
            }
        }

        return [.. bytes];
    }
}
