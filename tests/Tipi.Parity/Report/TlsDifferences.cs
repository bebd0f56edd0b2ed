namespace Tipi.Parity.Report;

/// <summary>Handshakes and certificates that differ.</summary>
internal static class TlsDifferences
{
    internal static IReadOnlyList<Difference> All { get; } = [.. Handshakes(), .. Certificates()];

    private static IEnumerable<Difference> Handshakes() =>
    [
        new("TLS", "the name that the client requested, however the certificate was selected",
            "HTTP/2: handshake: HostName", "Tls12, HTTP/1.1: handshake: HostName",
            "Tls13, HTTP/1.1: handshake: HostName"),
        new("TLS", "on an endpoint for HTTP/2 only, a client can use it without ALPN", "Http2, client offers nothing"),
        new("TLS", "a plain HTTP request is redirected to https", "handshake: plain HTTP instead"),
    ];

    private static IEnumerable<Difference> Certificates() =>
    [
        new("Certificates from configuration", "the error names key, file and remedy; the framework's error is the "
            + "inner exception",
            "wrong password", "no password", "no file", "no key file", "PEM without a key", "broken PFX",
            "broken PEM", "empty PEM"),
        new("Certificates from configuration", "an invalid value is an error and not replaced by the default",
            "unknown client mode", "unknown TLS version"),
    ];
}
