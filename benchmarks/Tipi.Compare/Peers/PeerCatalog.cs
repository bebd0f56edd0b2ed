namespace Tipi.Compare.Peers;

/// <summary>Every server by name.</summary>
internal static class PeerCatalog
{
    /// <summary>The server that all ratios are taken against.</summary>
    public const string Reference = "kestrel";

    /// <summary>Those that take part when none is named.</summary>
    public static string[] Default { get; } = ["kestrel", "nginx"];

    public static IReadOnlyList<IPeer> All { get; } =
    [
        new AppPeer("kestrel"),
        new AppPeer("kestrel-inline"),
        new NginxPeer(),
    ];
}
