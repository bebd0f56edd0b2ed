using Microsoft.Extensions.Logging;

namespace Tipi.Hosting;

/// <summary>What encrypts the connections of an endpoint.</summary>
internal abstract class EndpointSecurity
{
    /// <summary>
    /// Reads what the endpoint needs. Called before it is bound, and again when the configuration has changed.
    /// </summary>
    /// <exception cref="InvalidOperationException">Something cannot be used; the message says what to do.</exception>
    internal abstract void Prepare(ILogger log);
}
