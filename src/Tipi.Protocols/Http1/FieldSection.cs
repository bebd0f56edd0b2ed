namespace Tipi.Protocols.Http1;

/// <summary>
/// The field lines of a head or of a trailer section, in order. Reusable: it allocates only when a section has more
/// lines than any before.
/// </summary>
public sealed class FieldSection
{
    private FieldLine[] _lines = new FieldLine[16];

    /// <summary>How many lines were parsed so far.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the section with the empty line that ends it; 0 until it is complete.</summary>
    public int Length { get; internal set; }

    /// <summary>Where the section begins in the data.</summary>
    internal int Start { get; set; }

    /// <summary>Where the first line begins that is not parsed yet.</summary>
    internal int LineStart { get; set; }

    /// <summary>Up to where that line was searched for its end.</summary>
    internal int Scanned { get; set; }

    /// <summary>A line by its place. Throws when there is none.</summary>
    public ref readonly FieldLine this[int index] => ref _lines.AsSpan(0, Count)[index];

    /// <summary>Forgets everything, for the next message.</summary>
    public void Reset() => Begin(0);

    internal void Begin(int start)
    {
        Count = 0;
        Length = 0;
        Start = LineStart = Scanned = start;
    }

    /// <summary>The next line, to be filled.</summary>
    internal ref FieldLine Add()
    {
        int index = Count;
        if (index == _lines.Length) Array.Resize(ref _lines, index * 2);
        Count = index + 1;
        return ref _lines[index];
    }
}
