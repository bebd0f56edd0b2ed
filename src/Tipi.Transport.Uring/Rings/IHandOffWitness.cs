namespace Tipi.Transport.Uring.Rings;

/// <summary>Is told that a worker's thread has lost its ring, while it is still inside the call.</summary>
internal interface IHandOffWitness
{
    /// <summary>Called by the sentinel, which all rings wait for: it must be short, and not throw.</summary>
    void OnHandOff();
}
