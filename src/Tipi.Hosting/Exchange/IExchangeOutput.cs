using System.IO.Pipelines;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Exchange;

/// <summary>
/// The way out for one response, given by the protocol's version. What writes comes one call at a time, under the
/// response's gate, in the order head, body, end; so do flushes, see <see cref="FlushTurns"/>.
/// </summary>
internal interface IExchangeOutput
{
    /// <summary>
    /// False when trailers could not reach the client: the version, or the head as it was written, has no place for
    /// them.
    /// </summary>
    bool TakesTrailers { get; }

    /// <summary>True where Transfer-Encoding says how a body is framed, and then no length does.</summary>
    bool KnowsTransferEncoding { get; }

    /// <summary>Writes an informational response, before the head.</summary>
    /// <returns>True when it leaves with a flush; false when it leaves without, or the client knows none.</returns>
    bool TryWriteInformational(int statusCode, HeaderTable fields);

    /// <summary>
    /// Encodes status and headers. <paramref name="bodyEnds"/>: nothing was written and nothing will be.
    /// </summary>
    void WriteHead(bool bodyEnds);

    /// <summary>Memory for body bytes, directly in the transport's buffer where that is possible.</summary>
    Memory<byte> GetMemory(int sizeHint);

    /// <summary>Takes <paramref name="count"/> body bytes from the memory last given.</summary>
    void Advance(int count);

    /// <summary>Bytes of one large write to copy before the next flush: <paramref name="most"/>, or fewer.</summary>
    int Slice(int most);

    /// <summary>
    /// Takes a part of a large write without copying it, where the write has to wait for the client anyway. Until the
    /// part is taken back the flush behind it waits for all of it, and whoever owns the bytes leaves them alone.
    /// </summary>
    /// <returns>False when the part is to be copied.</returns>
    bool TryBorrow(ReadOnlyMemory<byte> bytes);

    /// <summary>Copies what is not sent of borrowed bytes: their owner takes them back.</summary>
    void GiveBack();

    /// <summary>Ends the body, with its trailers. What was written leaves with the next flush.</summary>
    void WriteEnd();

    ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken);

    void CancelPendingFlush();

    /// <summary>True once nobody will take the response: the client has gone, or wants it no more.</summary>
    bool IsClosed { get; }

    /// <summary>Gives the response up at once, and with it whatever cannot go on without it.</summary>
    void Abort(ConnectionEndReason reason, string text);

    /// <summary>
    /// From now on the exchange's lifetime is told when the client goes; nobody pays for it before somebody asks.
    /// </summary>
    void WatchForClose();

    /// <summary>What an application keeps from one request to the next.</summary>
    IDictionary<object, object?> PersistentState { get; }
}
