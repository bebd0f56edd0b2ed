using Tipi.Protocols.Http;

namespace Tipi.Protocols.Http2;

/// <summary>How soon, and how, a response is wanted (RFC 9218 §4).</summary>
/// <param name="Urgency">0, first of all, to 7, in the background.</param>
/// <param name="IsIncremental">Parts of it are of use: it may share the line with others of its urgency.</param>
/// <param name="IsSignaled">The client said so; otherwise it is the default, which a server may adjust.</param>
internal readonly record struct Http2Priority(byte Urgency, bool IsIncremental, bool IsSignaled)
{
    private const byte DefaultUrgency = 3;
    private const byte LowestUrgency = 7;

    /// <summary>Urgency 3, not incremental, not signaled.</summary>
    internal static Http2Priority Default => new(DefaultUrgency, false, false);

    /// <summary>
    /// Reads a value such as <c>u=1, i</c>. Members that are unknown, of a wrong type or out of range are as if absent
    /// (§4); a value that is no dictionary is so as a whole: false and the default.
    /// </summary>
    internal static bool TryParse(ReadOnlySpan<byte> fieldValue, out Http2Priority priority)
    {
        priority = Default;
        return TryMerge(fieldValue, ref priority);
    }

    /// <summary>
    /// Reads one more line of the field: lines join into one dictionary, of which the last member with a key counts
    /// (RFC 8941 §4.2). False: a mistake, and <paramref name="priority"/> is the default.
    /// </summary>
    internal static bool TryMerge(ReadOnlySpan<byte> fieldValue, ref Http2Priority priority)
    {
        byte urgency = priority.Urgency;
        bool incremental = priority.IsIncremental;
        var reader = new DictionaryReader(fieldValue);
        while (reader.TryRead(out DictionaryMember member))
        {
            if (member.Key.SequenceEqual("u"u8))
                urgency = IsUrgency(in member) ? (byte)member.Number : DefaultUrgency;
            else if (member.Key.SequenceEqual("i"u8))
                incremental = member.Kind == StructuredKind.Boolean && member.Number == 1;
        }

        priority = reader.IsMalformed ? Default : new Http2Priority(urgency, incremental, true);
        return !reader.IsMalformed;
    }

    private static bool IsUrgency(in DictionaryMember member) =>
        member.Kind == StructuredKind.Integer && member.Number is >= 0 and <= LowestUrgency;
}
