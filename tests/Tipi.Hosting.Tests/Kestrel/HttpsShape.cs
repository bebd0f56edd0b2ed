namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>Where Kestrel is told how an endpoint is encrypted.</summary>
public enum HttpsShape
{
    /// <summary>ConfigureHttpsDefaults, for an address of the host's.</summary>
    DefaultsForUrls,

    /// <summary>ConfigureHttpsDefaults, for an endpoint of UseTipi's code.</summary>
    DefaultsForTipi,

    /// <summary>ConfigureHttpsDefaults, for an endpoint of configuration.</summary>
    DefaultsForConfiguration,

    /// <summary>Listen and UseHttps with an action.</summary>
    Listen,

    /// <summary>Listen and UseHttps with options.</summary>
    ListenWithOptions,

    /// <summary>Listen and UseHttps with TlsHandshakeCallbackOptions.</summary>
    Callback,

    /// <summary>Listen and UseHttps with a ServerOptionsSelectionCallback.</summary>
    Selection,

    /// <summary>ConfigureEndpointDefaults with UseHttps.</summary>
    EndpointDefaults,

    /// <summary>ConfigurationLoader.Endpoint(name, …).</summary>
    NamedEndpoint,

    /// <summary>ConfigurationLoader.Endpoint(address, port, …).</summary>
    LoaderEndpoint,
}
