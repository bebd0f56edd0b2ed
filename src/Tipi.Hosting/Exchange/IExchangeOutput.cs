using System.IO.Pipelines;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The way out for one response, given by the protocol's version. Calls come one at a time, in the order head, body,
/// end.
/// </summary>
internal interface IExchangeOutput
{
    /// <summary>
    /// Encodes status and headers. <paramref name="bodyEnds"/>: nothing was written and nothing will be.
    /// </summary>
    void WriteHead(bool bodyEnds);

    /// <summary>Memory for body bytes, directly in the transport's buffer where that is possible.</summary>
    Memory<byte> GetMemory(int sizeHint);

    /// <summary>Takes <paramref name="count"/> body bytes from the memory last given.</summary>
    void Advance(int count);

    /// <summary>Ends the body. What was written leaves with the next flush.</summary>
    void WriteEnd();

    ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken);

    void CancelPendingFlush();
}
