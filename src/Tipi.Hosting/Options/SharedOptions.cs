using Microsoft.AspNetCore.Server.Kestrel.Https;
using Tipi.Protocols.Http;

namespace Tipi.Hosting;

/// <summary>
/// What the endpoints of one server have of its options: what each starts from, and what they use together. Knows
/// nothing of the server's other options, so that an endpoint can ask it.
/// </summary>
internal sealed class SharedOptions
{
    private readonly Dictionary<Type, object> _parts = [];

    /// <summary>The services of the application, for connection middleware.</summary>
    internal IServiceProvider ApplicationServices { get; set; } = EmptyServices.Instance;

    /// <summary>Limits of the server.</summary>
    internal TipiServerLimits Limits { get; set; } = new();

    /// <summary>How invalid requests are judged where an endpoint does not say.</summary>
    internal HttpStrictness Strictness { get; set; }

    internal bool AllowHostHeaderOverride { get; set; }

    /// <summary>What configuration says; null while it is read, and where there is none.</summary>
    internal IOptionsSource? Configured { get; set; }

    /// <summary>What code told Kestrel; null where the options are not a host's.</summary>
    internal IOptionsSource? Told { get; set; }

    internal Action<TipiListenOptions> EndpointDefaults { get; set; } = static _ => { };

    internal Action<HttpsConnectionAdapterOptions> HttpsDefaults { get; set; } = static _ => { };

    /// <summary>What another part of the server keeps with its options, made by the first question.</summary>
    internal T Part<T>()
        where T : class, new()
    {
        if (_parts.TryGetValue(typeof(T), out object? part)) return (T)part;
        var made = new T();
        _parts[typeof(T)] = made;
        return made;
    }

    /// <summary>Sets what every endpoint starts from.</summary>
    internal void ApplyTo(TipiListenOptions endpoint)
    {
        Configured?.ApplyTo(endpoint);
        Told?.ApplyTo(endpoint);
        EndpointDefaults(endpoint);
    }

    /// <summary>Sets what every endpoint with HTTPS starts from.</summary>
    internal void ApplyTo(HttpsConnectionAdapterOptions options)
    {
        Configured?.ApplyTo(options);
        Told?.ApplyTo(options);
        HttpsDefaults(options);
    }
}
