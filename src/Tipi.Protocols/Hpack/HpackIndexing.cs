namespace Tipi.Protocols.Hpack;

/// <summary>What an encoder does with the fields of a name.</summary>
internal enum HpackIndexing : byte
{
    /// <summary>Inserts them, unless the values turn out to differ each time.</summary>
    WhenRepeated = 0,

    /// <summary>Does not insert them: the values nearly always differ.</summary>
    Without,

    /// <summary>Does not, and forbids it to whoever passes them on: the values are secrets (RFC 7541 §7.1.3).</summary>
    Never,
}
