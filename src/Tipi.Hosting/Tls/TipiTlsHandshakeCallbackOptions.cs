using System.Net.Security;

namespace Tipi.Hosting;

/// <summary>
/// A function that selects the options of each TLS handshake. Corresponds to Kestrel's
/// <c>TlsHandshakeCallbackOptions</c>, whose context only Kestrel can create.
/// </summary>
public sealed class TipiTlsHandshakeCallbackOptions
{
    private static readonly Func<TipiTlsHandshakeCallbackContext, ValueTask<SslServerAuthenticationOptions>> s_unset =
        static _ => throw new InvalidOperationException("OnConnection is not set.");

    /// <summary>
    /// Returns the options of a handshake. If they have no <c>ApplicationProtocols</c>, those of the endpoint are
    /// offered.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public Func<TipiTlsHandshakeCallbackContext, ValueTask<SslServerAuthenticationOptions>> OnConnection
    {
        get;
        set => field = value ?? throw new ArgumentNullException(nameof(value));
    } = s_unset;

    /// <summary>True when there is a function.</summary>
    internal bool IsSet => OnConnection != s_unset;

    /// <summary>Passed to the function as <see cref="TipiTlsHandshakeCallbackContext.State"/>. Default: null.</summary>
    public object? OnConnectionState { get; set; }

    /// <summary>How long a handshake may take, including the function. Default: 10 s.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// The value is zero, negative or longer than a timer can wait. Use <see cref="Timeout.InfiniteTimeSpan"/> for no
    /// limit.
    /// </exception>
    public TimeSpan HandshakeTimeout
    {
        get;
        set
        {
            if (value != Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMilliseconds(int.MaxValue));
            }
            field = value;
        }
    } = TimeSpan.FromSeconds(10);
}
