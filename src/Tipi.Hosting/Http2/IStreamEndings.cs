using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>What becomes of the streams of a connection when one of their sides has done.</summary>
internal interface IStreamEndings
{
    /// <summary>The response's last frame was written. Under the gate.</summary>
    void OnEndSent(Http2Stream stream);

    /// <summary>The application has returned. Takes the gate itself.</summary>
    void OnApplicationEnded(Http2Stream stream, bool isWhole);

    /// <summary>The application gives the stream up. Takes the gate itself.</summary>
    void ResetByApplication(Http2Stream stream, Http2ErrorCode code);
}
