namespace Tipi.Hosting.Connections;

/// <summary>What is spoken on a connection.</summary>
internal interface IConnectionProtocol
{
    /// <summary>The version of HTTP, as measurements name it.</summary>
    string Version { get; }

    /// <summary>Serves the connection to its end. A peer's fault never throws out of here.</summary>
    Task RunAsync();

    /// <summary>The peer has gone, or the connection was aborted. Called on any thread.</summary>
    void OnClosed();
}
