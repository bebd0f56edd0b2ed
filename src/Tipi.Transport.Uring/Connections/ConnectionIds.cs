namespace Tipi.Transport.Uring.Connections;

/// <summary>
/// Identifiers of connections: 13 characters, unique in the process and unlikely to repeat after a restart.
/// </summary>
internal static class ConnectionIds
{
    private const string Digits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
    private const int Length = 13;
    private const int BitsPerDigit = 5;

    private static long s_last = DateTime.UtcNow.Ticks;

    public static string Next() => string.Create(Length, Interlocked.Increment(ref s_last), static (text, id) =>
    {
        for (var i = Length - 1; i >= 0; i--)
        {
            text[i] = Digits[(int)(id & ((1 << BitsPerDigit) - 1))];
            id >>= BitsPerDigit;
        }
    });
}
