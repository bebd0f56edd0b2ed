namespace Tipi.Parity.Report;

/// <summary>Handshakes and certificates that differ.</summary>
internal static class TlsDifferences
{
    internal static IReadOnlyList<Difference> All { get; } = [.. Handshakes(), .. Certificates()];

    private static IEnumerable<Difference> Handshakes() =>
    [
        new("TLS", "the name that the client asked for, however the certificate was chosen",
            "HTTP/2: handshake: HostName", "Tls12, HTTP/1.1: handshake: HostName",
            "Tls13, HTTP/1.1: handshake: HostName"),
        new("TLS", "where nothing else is spoken a client may begin it without ALPN", "Http2, client offers nothing"),
        new("TLS", "a request in clear is sent to https", "handshake: HTTP in the clear instead"),
    ];

    private static IEnumerable<Difference> Certificates() =>
    [
        new("Certificates from configuration", "the error names key, file and remedy; the framework's is within",
            "wrong password", "no password", "no file", "no key file", "PEM without a key", "broken PFX",
            "broken PEM", "empty PEM"),
        new("Certificates from configuration", "a wrong value is an error, not the default",
            "unknown client mode", "unknown TLS version"),
    ];
}
