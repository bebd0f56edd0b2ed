using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Hosting;
using Tipi.Hosting;
using Tipi.Hosting.Tls;
using Tipi.Hosting.Tls.Certificates;

namespace Microsoft.AspNetCore.Hosting;

/// <summary>
/// Enables TLS for an endpoint, with the same overloads as Kestrel. Certificates are read when the server starts; if
/// one cannot be used, startup fails. Certificate files are watched: new connections use a changed certificate.
/// </summary>
public static class TipiListenOptionsHttpsExtensions
{
    private static readonly TimeSpan s_handshakeTimeout = new HttpsConnectionAdapterOptions().HandshakeTimeout;

    /// <summary>
    /// Uses the default certificate: <c>Certificates:Default</c> from configuration, otherwise the development
    /// certificate.
    /// </summary>
    public static TipiListenOptions UseHttps(this TipiListenOptions listenOptions) =>
        listenOptions.UseHttps(static _ => { });

    /// <summary>Uses a certificate from a file without a password.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="fileName">
    /// A PFX file, or a PEM file with certificate, chain and key; relative to the content root.
    /// </param>
    public static TipiListenOptions UseHttps(this TipiListenOptions listenOptions, string fileName) =>
        listenOptions.UseHttps(fileName, password: null);

    /// <summary>Uses a certificate from a file.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="fileName">
    /// A PFX file, or a PEM file with certificate, chain and key; relative to the content root.
    /// </param>
    /// <param name="password">The password of the file or its key; null without one.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, string fileName, string? password) =>
        listenOptions.UseHttps(fileName, password, static _ => { });

    /// <summary>Uses a certificate from a file.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="fileName">
    /// A PFX file, or a PEM file with certificate, chain and key; relative to the content root.
    /// </param>
    /// <param name="password">The password of the file or its key; null without one.</param>
    /// <param name="configureOptions">Sets more options; called when the server starts.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, string fileName, string? password,
        Action<HttpsConnectionAdapterOptions> configureOptions)
    {
        ArgumentException.ThrowIfNullOrEmpty(fileName);
        ArgumentNullException.ThrowIfNull(configureOptions);
        return listenOptions.Use(configureOptions, shared => shared.Part<CertificateBook>().Open(
            new CertificateFiles(ContentPath.Of(shared, fileName), KeyPath: null, password), CertificateNames.OfCall));
    }

    /// <summary>Uses a valid certificate from a store of the current user.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="storeName">The store.</param>
    /// <param name="subject">A part of the certificate's subject.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, StoreName storeName, string subject) =>
        listenOptions.UseHttps(storeName, subject, allowInvalid: false);

    /// <summary>Uses a certificate from a store of the current user.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="storeName">The store.</param>
    /// <param name="subject">A part of the certificate's subject.</param>
    /// <param name="allowInvalid">Whether to accept a certificate that is not trusted or has expired.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, StoreName storeName, string subject, bool allowInvalid) =>
        listenOptions.UseHttps(storeName, subject, allowInvalid, StoreLocation.CurrentUser);

    /// <summary>Uses a certificate from a store.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="storeName">The store.</param>
    /// <param name="subject">A part of the certificate's subject.</param>
    /// <param name="allowInvalid">Whether to accept a certificate that is not trusted or has expired.</param>
    /// <param name="location">The location of the store.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, StoreName storeName, string subject, bool allowInvalid,
        StoreLocation location) =>
        listenOptions.UseHttps(storeName, subject, allowInvalid, location, static _ => { });

    /// <summary>Uses a certificate from a store.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="storeName">The store.</param>
    /// <param name="subject">A part of the certificate's subject.</param>
    /// <param name="allowInvalid">Whether to accept a certificate that is not trusted or has expired.</param>
    /// <param name="location">The location of the store.</param>
    /// <param name="configureOptions">Sets more options; called when the server starts.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, StoreName storeName, string subject, bool allowInvalid,
        StoreLocation location, Action<HttpsConnectionAdapterOptions> configureOptions)
    {
        ArgumentException.ThrowIfNullOrEmpty(subject);
        ArgumentNullException.ThrowIfNull(configureOptions);
        string store = storeName.ToString();
        return listenOptions.Use(configureOptions, _ => new CertificateSlot(
            new ServedCertificate(StoreCertificate.Find(subject, store, location, allowInvalid), chain: null),
            $"{location}/{store}"));
    }

    /// <summary>Uses a certificate.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="serverCertificate">The certificate, with its private key.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, X509Certificate2 serverCertificate) =>
        listenOptions.UseHttps(serverCertificate, static _ => { });

    /// <summary>Uses a certificate.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="serverCertificate">The certificate, with its private key.</param>
    /// <param name="configureOptions">Sets more options; called when the server starts.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, X509Certificate2 serverCertificate,
        Action<HttpsConnectionAdapterOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(serverCertificate);
        ArgumentNullException.ThrowIfNull(configureOptions);
        return listenOptions.UseHttps(options =>
        {
            options.ServerCertificate = serverCertificate;
            configureOptions(options);
        });
    }

    /// <summary>
    /// Enables TLS with options. They start from <c>ConfigureHttpsDefaults</c>; without a certificate, the default one
    /// is used.
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="configureOptions">Sets the options; called when the server starts.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, Action<HttpsConnectionAdapterOptions> configureOptions)
    {
        ArgumentNullException.ThrowIfNull(configureOptions);
        return listenOptions.Use(configureOptions, static _ => null);
    }

    /// <summary>
    /// Enables TLS with complete options, which must have a certificate or a selector. No defaults are added.
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="httpsOptions">The options.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, HttpsConnectionAdapterOptions httpsOptions)
    {
        ArgumentNullException.ThrowIfNull(httpsOptions);
        return Checked(listenOptions).UseTls(
            new OptionsPolicy(() => new HttpsSetup(httpsOptions) { MayDefault = false }));
    }

    /// <summary>
    /// Selects the options of each handshake with a function; no defaults apply. A handshake may take 10 s, including
    /// the function.
    /// </summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="serverOptionsSelectionCallback">Returns the options of a handshake.</param>
    /// <param name="state">Passed to the function.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, ServerOptionsSelectionCallback serverOptionsSelectionCallback,
        object state) =>
        listenOptions.UseHttps(serverOptionsSelectionCallback, state, s_handshakeTimeout);

    /// <summary>Selects the options of each handshake with a function; no defaults apply.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="serverOptionsSelectionCallback">Returns the options of a handshake.</param>
    /// <param name="state">Passed to the function.</param>
    /// <param name="handshakeTimeout">How long a handshake may take, including the function.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, ServerOptionsSelectionCallback serverOptionsSelectionCallback,
        object state, TimeSpan handshakeTimeout)
    {
        ArgumentNullException.ThrowIfNull(serverOptionsSelectionCallback);
        return listenOptions.UseHttps(new TipiTlsHandshakeCallbackOptions
        {
            OnConnection = handshake => serverOptionsSelectionCallback(
                handshake.SslStream, handshake.ClientHelloInfo, handshake.State, handshake.CancellationToken),
            OnConnectionState = state,
            HandshakeTimeout = handshakeTimeout,
        });
    }

    /// <summary>Selects the options of each handshake with a function; no defaults apply.</summary>
    /// <param name="listenOptions">The endpoint.</param>
    /// <param name="callbackOptions">The function, and how long a handshake may take.</param>
    public static TipiListenOptions UseHttps(
        this TipiListenOptions listenOptions, TipiTlsHandshakeCallbackOptions callbackOptions)
    {
        ArgumentNullException.ThrowIfNull(callbackOptions);
        if (!callbackOptions.IsSet)
            throw new InvalidOperationException(
                "TipiTlsHandshakeCallbackOptions.OnConnection is not set. Set it before UseHttps.");
        return Checked(listenOptions).UseTls(new CallbackPolicy(callbackOptions));
    }

    private static TipiListenOptions Use(
        this TipiListenOptions listenOptions, Action<HttpsConnectionAdapterOptions> configure,
        Func<SharedOptions, CertificateSlot?> open)
    {
        SharedOptions shared = Checked(listenOptions).Shared;
        return listenOptions.UseTls(new OptionsPolicy(() =>
        {
            var options = new HttpsConnectionAdapterOptions();
            shared.ApplyTo(options);
            CertificateSlot? slot = open(shared);
            if (slot is not null) slot.Current.CopyTo(options);
            configure(options);
            return new HttpsSetup(options) { Source = slot };
        }));
    }

    private static TipiListenOptions Checked(TipiListenOptions listenOptions)
    {
        ArgumentNullException.ThrowIfNull(listenOptions);
        return listenOptions;
    }
}
