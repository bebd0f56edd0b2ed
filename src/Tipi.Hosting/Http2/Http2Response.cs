using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;

namespace Tipi.Hosting.Http2;

/// <summary>
/// The way out for one stream's response, as the application uses it: what it writes becomes an
/// <see cref="OutgoingResponse"/>, and its flush waits where the client is slow.
/// </summary>
internal sealed class Http2Response(Http2Stream stream, OutgoingResponse response) : IExchangeOutput
{
    private Dictionary<object, object?>? _persistentState;

    public bool TakesTrailers => true;

    public bool KnowsTransferEncoding => false;

    public bool IsClosed => stream.IsGone;

    public IDictionary<object, object?> PersistentState => _persistentState ??= [];

    private FrameOutput Output => stream.Context.Output;

    public int Slice(int most) => stream.Context?.Output.Unsent.Slice(most) ?? most;

    public bool TryWriteInformational(int statusCode, HeaderTable fields)
    {
        Output.SendInformational(stream.Outgoing, statusCode, new BlockFields(fields));
        return false;
    }

    public void WriteHead(bool bodyEnds)
    {
        HttpExchange exchange = stream.Exchange;
        // RFC 9113 §8.1: 101 belongs to HTTP/1.
        if (exchange.StatusCode == StatusCodes.Status101SwitchingProtocols)
            throw new InvalidOperationException("HTTP/2 does not support status 101. Use IHttpExtendedConnectFeature.");
        ConnectionFields.Remove(exchange);
        var fields = new BlockFields(exchange.ResponseHeaders);
        response.WriteHead(fields, isWhole: bodyEnds && !exchange.ResponseTrailers.HasAny);
    }

    public Memory<byte> GetMemory(int sizeHint) => response.GetMemory(sizeHint);

    public void Advance(int count) => response.Advance(count);

    public bool TryBorrow(ReadOnlyMemory<byte> bytes) => response.TryBorrow(bytes);

    public void GiveBack()
    {
        try
        {
            response.GiveBack();
        }
        catch
        {
            // No memory for the copy: the response would lack these bytes.
            stream.ResetByApplication();
            throw;
        }
    }

    public void WriteEnd()
    {
        if (stream.Exchange.HasTrailers)
            response.WriteTrailers(new BlockFields(stream.Exchange.ResponseTrailers.Take()));
        response.WriteEnd();
        Commit();
    }

    public ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        if (Commit()) return new(new FlushResult(isCanceled: false, isCompleted: false));
        lock (Output.Gate)
        {
            bool isCanceled = response.Wait?.TakeCancellation() == true;
            if (isCanceled || IsClosed || !response.HasToWait)
                return new(new FlushResult(isCanceled, IsClosed));
            return WaitOf(stream.Context).Begin(stream.Context.Work, cancellationToken);
        }
    }

    public void CancelPendingFlush()
    {
        if (stream.Context is not { } context) return; // the request is over
        lock (context.Gate) WaitOf(context).Cancel();
    }

    public void Abort(ConnectionEndReason reason, string text) => stream.ResetByApplication();

    public void WatchForClose() => stream.WatchForClose();

    /// <summary>Forgets the request.</summary>
    internal void Reset()
    {
        response.Reset();
        _persistentState = null;
    }

    private FlushWait WaitOf(StreamContext context) => response.Wait ??= new FlushWait(stream.Exchange, context.Gate);

    /// <summary>What was written so far can be sent. Ended responses need no flush.</summary>
    /// <returns>True when a flush has nothing to wait for.</returns>
    private bool Commit()
    {
        FrameOutput output = Output;
        bool isLittle;
        lock (output.Gate)
        {
            response.Commit();
            if (stream.IsGone) response.Discard();
            // What is flushed waits for the pump: most applications end right after it, and both leave in one frame.
            else if (response.IsEnded && response.HasSomething) output.Offer(stream.Outgoing);
            else if (response.HasSomething) output.Enqueue(stream.Outgoing);
            isLittle = response.Wait is null && !stream.IsGone && !response.HasToWait;
        }
        output.RequestPump();
        return isLittle;
    }
}
