namespace Tipi.Hosting.Tls.Certificates;

/// <summary>
/// The place of a certificate: a handshake takes what is there, whole. Replaced while handshakes run; those go on with
/// what they took.
/// </summary>
/// <param name="first">What is there at first.</param>
/// <param name="origin">Where it comes from, to be shown.</param>
internal sealed class CertificateSlot(ServedCertificate first, string origin)
{
    private volatile ServedCertificate _current = first;

    internal ServedCertificate Current => _current;

    internal string Origin { get; } = origin;

    internal void Replace(ServedCertificate next) => _current = next;
}
