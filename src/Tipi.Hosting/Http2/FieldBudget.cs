namespace Tipi.Hosting.Http2;

/// <summary>
/// What one section of fields may have. A few bytes of a block can stand for many kilobytes (the "HPACK bomb"), so that
/// what counts is what comes out.
/// </summary>
/// <param name="maxBytes">Names and values.</param>
/// <param name="maxCount">Fields.</param>
/// <param name="maxFieldBytes">Name and value of one field.</param>
internal struct FieldBudget(int maxBytes, int maxCount, int maxFieldBytes)
{
    private int _bytes = maxBytes;
    private int _count = maxCount;

    /// <summary>Takes a field of so many bytes; false when it is too many.</summary>
    internal bool TryTake(int bytes)
    {
        _bytes -= bytes;
        return bytes <= maxFieldBytes && _bytes >= 0 && --_count >= 0;
    }
}
