namespace Tipi.Hosting.Http2;

/// <summary>Whose frames are sent: it is told when they reach nobody.</summary>
internal interface IOutputOwner
{
    /// <summary>Streams that may have something to send. Asked under the gate.</summary>
    int StreamCount { get; }

    /// <summary>What was sent reaches nobody any more. Called on any thread.</summary>
    void OnOutputLost();

    /// <summary>
    /// What is to be sent cannot be written, or be understood by the peer: the connection ends. Under the gate.
    /// </summary>
    void OnOutputFailed(Exception error);
}
