namespace Tipi.Compare.Peers;

/// <summary>Every server by name.</summary>
internal static class PeerCatalog
{
    /// <summary>The server that all ratios are taken against.</summary>
    public const string Reference = "kestrel";

    /// <summary>Those that take part when none is named.</summary>
    public static string[] Default { get; } = ["tipi", "kestrel", "kestrel-uring", "limit", "nginx"];

    public static IReadOnlyList<IPeer> All { get; } =
    [
        new AppPeer("tipi"),
        new AppPeer("kestrel"),
        new AppPeer("kestrel-inline"),
        new AppPeer("kestrel-uring"),
        new AppPeer("limit", servesPlaintextOnly: true),
        new NginxPeer(),
    ];
}
