namespace Tipi.Protocols.Hpack;

/// <summary>The fields that an encoder wrote last, so that those written again are found without a search.</summary>
/// <remarks>
/// Applications answer with the same string objects again and again: a comparison of references then finds the field.
/// The lengths and two letters of the name pick a pair of places; a field that is new takes the first of the two, and
/// the one that was there the second.
/// </remarks>
internal sealed class RecentFields
{
    private const int PairBits = 3;
    private const uint Multiplier = 0x9E3779B1; // 2^32 by the golden ratio: mixes the upper bits

    private readonly Place[] _places = new Place[2 << PairBits];

    /// <summary>Finds a field that was written lately.</summary>
    /// <param name="name">The name, as it was spelled then.</param>
    /// <param name="value">The value.</param>
    /// <param name="number">Its row in the table, which may be gone; -1: it was not inserted, or not found.</param>
    internal bool TryFind(string name, string value, out long number)
    {
        int pair = PairOf(name, value);
        ref readonly Place place = ref _places[pair];
        if (place.Value != value || place.Name != name) place = ref _places[pair + 1];
        bool isFound = place.Value == value && place.Name == name;
        number = isFound ? place.Number : -1;
        return isFound;
    }

    /// <summary>Remembers a field.</summary>
    internal void Add(string name, string value, long number)
    {
        int pair = PairOf(name, value);
        ref Place place = ref _places[pair];
        if (place.Value != value || place.Name != name) _places[pair + 1] = place;
        place = new Place(name, value, number);
    }

    private static int PairOf(string name, string value)
    {
        if (name.Length == 0) return 0;
        uint ends = (uint)(name.Length + value.Length * 37) ^ (uint)name[0] << 16 ^ (uint)name[^1] << 24;
        return (int)((ends * Multiplier) >> (32 - PairBits)) * 2;
    }

    private readonly record struct Place(string? Name, string? Value, long Number);
}
