namespace Tipi.Hosting.Tls;

/// <summary>Puts the encryption into an endpoint. Every <c>UseHttps</c> ends here; an endpoint has it once.</summary>
internal static class TlsEndpoints
{
    /// <summary>Encrypts the connections from this step on.</summary>
    /// <exception cref="InvalidOperationException">The endpoint has TLS already.</exception>
    internal static TipiListenOptions UseTls(this TipiListenOptions endpoint, TlsPolicy policy)
    {
        TlsGate gate = endpoint.AddGate(policy);
        endpoint.Use(next => connection => gate.RunAsync(connection, next));
        return endpoint;
    }

    /// <summary>Says how connections are encrypted; the step that does it is the caller's to add.</summary>
    /// <exception cref="InvalidOperationException">The endpoint has TLS already.</exception>
    internal static TlsGate AddGate(this TipiListenOptions endpoint, TlsPolicy policy)
    {
        var gate = new TlsGate(policy, endpoint);
        endpoint.SetTls(gate);
        OpenSslMemory.Install();
        return gate;
    }
}
