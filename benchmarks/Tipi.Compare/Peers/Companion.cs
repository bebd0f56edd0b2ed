namespace Tipi.Compare.Peers;

/// <summary>The process beside the server that an application asks.</summary>
internal enum Companion
{
    None,

    /// <summary>PostgreSQL with a table of fortunes.</summary>
    Database,

    /// <summary>A server that answers plaintext: the same one for every server that is measured.</summary>
    Upstream,
}
