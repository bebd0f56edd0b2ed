namespace Tipi.Hosting.Tls.Certificates;

/// <summary>Where certificates come from that no endpoint names: given by what reads configuration.</summary>
internal sealed class DefaultCertificates
{
    /// <summary>Opens the one of endpoints without their own; null where configuration has none.</summary>
    /// <exception cref="InvalidOperationException">It cannot be used; the message names the key.</exception>
    internal Func<CertificateSlot?> Open { get; set; } = static () => null;

    /// <summary>The password of the development certificate's file; null where configuration has none.</summary>
    internal Func<string?> DevelopmentPassword { get; set; } = static () => null;
}
