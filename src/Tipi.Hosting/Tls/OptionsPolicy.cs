using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tls;

/// <summary>An endpoint whose certificates and rules are given by options, for all names or name by name.</summary>
/// <remarks>
/// <code>
///   made ──Prepare──► ready ◄──Prepare──┐
///                       └───────────────┘  the configuration has changed
/// </code>
/// A handshake sees one state or the next, whole.
/// </remarks>
/// <param name="setUp">Puts the options together; may read files.</param>
internal sealed class OptionsPolicy(Func<HttpsSetup> setUp) : TlsPolicy
{
    private volatile State? _state;

    internal override TimeSpan HandshakeTimeout => Ready.Options.HandshakeTimeout;

    private State Ready => _state ?? throw new InvalidOperationException("The endpoint was not prepared.");

    internal override void Prepare(TipiListenOptions endpoint, ILogger log)
    {
        HttpsSetup setup = setUp();
        var names = new HostNames<TlsTerms>();
        CertificateSlot? own = setup.Slot();
        bool mayDefault = own is null && setup.Options.ServerCertificateSelector is null;
        if (mayDefault && !setup.MayDefault)
            throw new InvalidOperationException(
                "the options of UseHttps have no certificate. Set ServerCertificate or ServerCertificateSelector.");
        Lazy<CertificateSlot>? fallback = mayDefault
            ? new Lazy<CertificateSlot>(() => DefaultCertificate.Find(endpoint.Shared, log))
            : null;
        foreach (SniEntry name in setup.Names) names.Add(name.Host, MakeTerms(name, name.Certificate ?? own));
        if (setup.Names.Count == 0) names.Add("*", MakeTerms(null, own));
        _state = new State(setup.Options, names, endpoint.ToString());

        TlsTerms MakeTerms(SniEntry? name, CertificateSlot? slot)
        {
            // A selector goes before a certificate of the endpoint, and behind one of the name.
            if (name?.Certificate is null && setup.Options.ServerCertificateSelector is { } select)
                return new TlsTerms(
                    setup.Options, endpoint.Protocols, name, new SelectedCertificates(select, log).Choose);
            slot ??= fallback!.Value;
            CertificateChecks.Warn(slot.Current.Certificate, slot.Origin, log);
            return new TlsTerms(setup.Options, endpoint.Protocols, name, (_, _) => slot.Current.Context);
        }
    }

    internal override ValueTask<SslServerAuthenticationOptions> SelectAsync(
        TlsHandshakeContext context, CancellationToken cancellation)
    {
        State state = Ready;
        string? host = context.Hello.ServerName;
        state.Options.TlsClientHelloBytesCallback?.Invoke(context.Connection, new(context.Hello.Bytes));
        TlsTerms terms = state.Names.Find(host) ?? throw new AuthenticationException(
            host is null
                ? $"The client sent no host name, and the Sni of {state.Endpoint} has no entry \"*\"."
                : $"The Sni of {state.Endpoint} has no entry for \"{host}\" and no entry \"*\".");
        return new(terms.Offer(context));
    }

    private sealed record State(HttpsConnectionAdapterOptions Options, HostNames<TlsTerms> Names, string Endpoint);
}
