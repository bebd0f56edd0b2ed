using System.Net.Security;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tls;

/// <summary>
/// Certificates that a function of the application chooses. What is made of each is kept for as long as the application
/// keeps the certificate, so that sessions are resumed.
/// </summary>
internal sealed class SelectedCertificates(
    Func<ConnectionContext?, string?, X509Certificate2?> select, ILogger log)
{
    private readonly ConditionalWeakTable<X509Certificate2, Choice> _known = [];

    /// <exception cref="AuthenticationException">There is none for the name, or it cannot be used.</exception>
    internal SslStreamCertificateContext Choose(ConnectionContext connection, string? host)
    {
        X509Certificate2 certificate = select(connection, host) ?? throw new AuthenticationException(
            $"ServerCertificateSelector returned no certificate for \"{host}\".");
        Choice choice = _known.GetValue(certificate, MakeChoice);
        return choice.Context ?? throw new AuthenticationException(
            $"The certificate {certificate.Subject} for \"{host}\" cannot be used.", choice.Fault);
    }

    private Choice MakeChoice(X509Certificate2 certificate)
    {
        try
        {
            X509Certificate2 whole = StoreCertificate.WithKey(certificate);
            return new Choice(new ServedCertificate(whole, chain: null).Context, Fault: null);
        }
        catch (Exception error)
        {
            log.SelectedCertificateBad(error);
            return new Choice(Context: null, error);
        }
    }

    private sealed record Choice(SslStreamCertificateContext? Context, Exception? Fault);
}
